import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import (
    Case,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.utils.translation import gettext as _

from ledger.models import InternationalMessage, Refusal
from ledger.reading.daily_usage import DailyUsage
from locations.formatting.phone_masking import mask_phone, mask_phone_within
from locations.models import CarrierType, Channel, Location
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
    format_country,
)
from reports.models import ReportKind
from reports.workbooks.xlsx import Column


def columns(location: Location) -> tuple[Column, ...]:
    zone = location.time_zone
    fields = {name.casefold() for name in location.profile_fields}
    message = (
        Column(_("Phone"), 18, _("The number of the recipient, with its country code.")),
        Column(_("Country"), 24, _("The country or network that the number belongs to.")),
        Column(_("Channel"), 12, _("Text or voice call.")),
        Column(_("Carrier type"), 13, _("Mobile or landline: the kind of line it was priced as.")),
        Column(
            _("Message status"),
            18,
            _("What the carrier last reported. Refused: it was not sent, and cost nothing."),
        ),
        Column(_("Status details"), 30, _("The carrier's words; of a refused message the reason.")),
        Column(
            _("Status date (%(zone)s)") % {"zone": zone},
            20,
            _("When that was reported, by the location's clocks."),
        ),
        Column(
            _("Sent date (%(zone)s)") % {"zone": zone},
            20,
            _("When it was sent, by the location's clocks."),
        ),
        Column(_("Minutes"), 10, _("Billed minutes of a call; blank for a text.")),
        Column(_("Credits used"), 10, _("What it cost: 0 where it was refused or not answered.")),
    )
    return (
        *(
            Column(name, 18, _("A field of the recipient's profile, as it was when it was sent."))
            for name in location.profile_fields
        ),
        # A recipient's country is not that of the number.
        *(
            Column(_("%(title)s (message)") % {"title": column.title}, column.width, column.meaning)
            if column.title.casefold() in fields
            else column
            for column in message
        ),
    )


def _channel_names() -> dict[str, str]:
    return {Channel.TEXT: _("Texts"), Channel.VOICE: _("Calls")}


class Minutes(Func):
    """Billed seconds as minutes; 0 for a call that was not answered."""

    template = "round(coalesce(%(expressions)s, 0) / 60.0, 2)::float8"
    output_field = FloatField()


class ProfileField(Func):
    """A profile field as text. Django reads `profile__1` as an item of an array."""

    function = "jsonb_extract_path_text"
    output_field = TextField()


def channels_for(kind: str) -> tuple[Channel, ...]:
    if kind == ReportKind.TEXTS:
        return (Channel.TEXT,)
    return (Channel.VOICE,) if kind == ReportKind.CALLS else (Channel.TEXT, Channel.VOICE)


def read(
    location: Location,
    usage: DailyUsage,
    first_on: dt.date,
    last_on: dt.date,
    *,
    channels: Sequence[Channel] = (Channel.TEXT, Channel.VOICE),
    masked: bool,
) -> Rows:
    messages = InternationalMessage.objects.filter(
        location=location, day__gte=first_on, day__lte=last_on, channel__in=channels
    )
    countries: dict[str, str] = {}
    tallies = Tallies(_count(messages, countries))
    rows = _rows(location, messages, countries)
    row_columns = columns(location)
    return build_rows(
        tallies,
        _masked(rows, at=len(location.profile_fields)) if masked else rows,
        columns=row_columns,
        credits_at=len(row_columns) - 1,
        kinds=tuple(_channel_names()[channel] for channel in channels),
        expected=daily_credits(usage, *channels),
        group=_("Country"),
        by_group=_("By country"),
    )


def _count(
    messages: QuerySet[InternationalMessage], countries: dict[str, str]
) -> Iterator[tuple[dt.date, str, str, int, int, int]]:
    channels = _channel_names()
    for day, country, channel, *counts in count_messages(messages, "country", "channel"):
        if country not in countries:
            countries[country] = format_country(country)
        yield day, countries[country], channels[channel], *counts


def _rows(
    location: Location, messages: QuerySet[InternationalMessage], countries: dict[str, str]
) -> Iterator[tuple[Any, ...]]:
    zone = Value(location.time_zone)
    was_sent = Q(refusal="")
    rows = messages.order_by("day", "sent_at", "pk").values_list(
        *(ProfileField(F("profile"), Value(name)) for name in location.profile_fields),
        "phone",
        ChoiceLabel("country", countries),
        ChoiceLabel("channel", choice_labels(Channel)),
        ChoiceLabel("carrier_type", choice_labels(CarrierType)),
        Case(When(was_sent, then="status"), default=Value(_("Refused")), output_field=TextField()),
        Case(
            When(was_sent, then="status_detail"),
            default=ChoiceLabel("refusal", choice_labels(Refusal)),
            output_field=TextField(),
        ),
        LocalTime("status_at", zone),
        LocalTime("sent_at", zone),
        Case(
            When(was_sent & Q(channel=Channel.VOICE), then=Minutes("billed_seconds")),
            When(channel=Channel.VOICE, then=Value(0.0)),
        ),
        "credits",
    )
    return rows.iterator(chunk_size=CHUNK_SIZE)


def _masked(rows: Iterator[tuple[Any, ...]], *, at: int) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        phone = row[at]
        fields = (mask_phone_within(field, phone) for field in row[:at])
        yield (*fields, mask_phone(phone), *row[at + 1 :])
