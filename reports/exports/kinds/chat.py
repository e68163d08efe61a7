import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Case, QuerySet, TextField, Value, When
from django.utils.translation import gettext as _

from ledger.models import ChatMessage, Direction, Refusal, TextType
from ledger.reading.daily_usage import DailyUsage
from locations.formatting.phone_masking import mask_phone
from locations.models import Location
from reports.exports.kinds.base import (
    CHUNK_SIZE,
    ChoiceLabel,
    LocalTime,
    Rows,
    Tallies,
    build_rows,
    choice_labels,
    count_messages,
    daily_credits,
)
from reports.workbooks.xlsx import Column


def columns(location: Location) -> tuple[Column, ...]:
    return (
        Column(
            _("Chat inbox name"), 20, _("The inbox that the message was sent from or came in to.")
        ),
        Column(
            _("Message content"), 60, _("What was written; blank where it was a picture alone.")
        ),
        Column(_("Direction"), 12, _("Inbound: received. Outbound: sent.")),
        Column(
            _("Date and time (%(time_zone)s)") % {"time_zone": location.time_zone},
            20,
            _("By the location's clocks."),
        ),
        Column(_("Phone number"), 18, _("The number of the person at the other end.")),
        Column(_("Credits used"), 10, _("What it cost: 0 where it was refused.")),
        Column(_("Text type"), 10, _("MMS has a picture, SMS has none.")),
        Column(_("Outcome"), 30, _("Charged, or refused and why. What was refused was not sent.")),
    )


def read(
    location: Location, usage: DailyUsage, first_on: dt.date, last_on: dt.date, *, masked: bool
) -> Rows:
    messages = ChatMessage.objects.filter(location=location, day__gte=first_on, day__lte=last_on)
    types = choice_labels(TextType)
    counts = count_messages(messages, "inbox__name", "text_type")
    rows = _rows(location, messages)
    return build_rows(
        Tallies((day, inbox, types[kind], *rest) for day, inbox, kind, *rest in counts),
        _masked(rows) if masked else rows,
        columns=columns(location),
        credits_at=5,
        kinds=tuple(types.values()),
        expected=daily_credits(usage, "chat"),
        group=_("Chat inbox"),
        by_group=_("By chat inbox"),
    )


def _rows(location: Location, messages: QuerySet[ChatMessage]) -> Iterator[tuple[Any, ...]]:
    refused = {
        refusal: _("Refused: %(reason)s") % {"reason": reason}
        for refusal, reason in choice_labels(Refusal).items()
    }
    rows = messages.order_by("day", "sent_at", "pk").values_list(
        "inbox__name",
        "content",
        ChoiceLabel("direction", choice_labels(Direction)),
        LocalTime("sent_at", Value(location.time_zone)),
        "phone",
        "credits",
        ChoiceLabel("text_type", choice_labels(TextType)),
        Case(
            When(refusal="", then=Value(_("Charged"))),
            default=ChoiceLabel("refusal", refused),
            output_field=TextField(),
        ),
    )
    return rows.iterator(chunk_size=CHUNK_SIZE)


def _masked(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for *message, phone, credits, text_type, outcome in rows:
        yield (*message, mask_phone(phone), credits, text_type, outcome)
