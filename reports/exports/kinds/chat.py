import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Sum, TextField, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ledger.models import ChatMessage, Direction, Outcome, Refusal, TextType
from ledger.reading.daily_usage import DailyUsage
from locations.formatting.phone_masking import mask_phone
from locations.models import Location
from reports.exports.kinds.base import (
    CHUNK_SIZE,
    ChoiceLabel,
    LocalTime,
    Rows,
    Tallies,
    choice_labels,
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
    found = ChatMessage.objects.filter(location=location, day__gte=first_on, day__lte=last_on)
    tallies = Tallies(_groups(found))
    said = daily_credits(usage, "chat")
    return Rows(
        sheet=pgettext("sheet", "Messages"),
        columns=columns(location),
        credits_at=5,
        messages=tallies.messages,
        refused=tallies.refused,
        said=said,
        found=tallies.found,
        words=(_("Credits of the messages"), _("Credits on the daily table")),
        totals=tallies.totals(),
        tables=tallies.tables(
            tuple(choice_labels(TextType).values()),
            place=_("Chat inbox"),
            by_group=_("By chat inbox"),
            said=said,
        ),
        rows=_masked(_rows(location, found)) if masked else _rows(location, found),
    )


def _groups(found: QuerySet[ChatMessage]) -> Iterator[tuple[dt.date, str, str, int, int, int]]:
    types = choice_labels(TextType)
    groups = found.order_by().values_list("day", "inbox__name", "text_type")
    for day, inbox, text_type, *counts in groups.annotate(
        messages=Count("pk"),
        refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
        daily_credits=Sum("credits"),
    ).iterator(chunk_size=CHUNK_SIZE):
        messages, refused, credits = counts
        yield day, inbox, types[text_type], messages, refused, credits


def _rows(location: Location, found: QuerySet[ChatMessage]) -> Iterator[tuple[Any, ...]]:
    refused = {
        refusal: _("Refused: %(reason)s") % {"reason": reason}
        for refusal, reason in choice_labels(Refusal).items()
    }
    rows = found.order_by("day", "sent_at", "pk").values_list(
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
