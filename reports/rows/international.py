"""International messages: texts and calls, with the recipients' fields."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, Sum, TextField, Value

from ledger.daily import DailyUsage
from ledger.models import InternationalMessage, Outcome, Refusal
from locations.models import CarrierType, Channel, Location
from reports.masking import mask, mask_within
from reports.rows.reading import (
    AT_ONCE,
    REFUSED,
    Local,
    Rows,
    Tallies,
    country_and_code,
    used,
)
from reports.workbooks import Column

CHANNELS = dict(Channel.choices)
CARRIER_TYPES = dict(CarrierType.choices)
REFUSALS = dict(Refusal.choices)
SORTS = {Channel.TEXT: "Texts", Channel.VOICE: "Calls"}


def columns(location: Location) -> tuple[Column, ...]:
    """The location's own profile fields, in its order, and what is known of the message."""
    zone = location.time_zone
    fields = {name.casefold() for name in location.profile_fields}
    message = (
        Column("Phone", 18, "The number of the recipient, with its country code."),
        Column("Country", 24, "The country or network that the number belongs to."),
        Column("Channel", 12, "Text or voice call."),
        Column("Carrier type", 13, "Mobile or landline: the kind of line it was priced as."),
        Column(
            "Message status",
            18,
            "What the carrier last reported. Refused: it was not sent, and cost nothing.",
        ),
        Column("Status details", 30, "The carrier's words; of a refused message the reason."),
        Column(f"Status date ({zone})", 20, "When that was reported, by the location's clocks."),
        Column(f"Sent date ({zone})", 20, "When it was sent, by the location's clocks."),
        Column("Minutes", 10, "Billed minutes of a call; blank for a text."),
        Column("Credits used", 10, "What it cost: 0 where it was refused or not answered."),
    )
    return (
        *(
            Column(name, 18, "A field of the recipient's profile, as it was when it was sent.")
            for name in location.profile_fields
        ),
        # A recipient's country is not that of the number.
        *(
            Column(f"{column.title} (message)", column.width, column.meaning)
            if column.title.casefold() in fields
            else column
            for column in message
        ),
    )


class ProfileField(Func):
    """A recipient's field as text. Django's own `profile__1` would look for an array's item."""

    function = "jsonb_extract_path_text"
    output_field = TextField()


def read(
    location: Location, usage: DailyUsage, first_on: dt.date, last_on: dt.date, *, masked: bool
) -> Rows:
    """Ordered by sent date."""
    found = InternationalMessage.objects.filter(
        location=location, day__gte=first_on, day__lte=last_on
    )
    tallies = Tallies(_groups(found))
    said = used(usage, "text", "voice")
    its_columns = columns(location)
    return Rows(
        sheet="Messages",
        columns=its_columns,
        credits_at=len(its_columns) - 1,
        messages=tallies.messages,
        refused=tallies.refused,
        said=said,
        found=tallies.found,
        words=("Credits of the messages", "Credits on the daily table"),
        totals=tallies.totals(),
        tables=tallies.tables(tuple(SORTS.values()), place="Country", said=said),
        rows=_masked(_rows(location, found), at=len(location.profile_fields))
        if masked
        else _rows(location, found),
    )


def _groups(
    found: QuerySet[InternationalMessage],
) -> Iterator[tuple[dt.date, str, str, int, int, int]]:
    groups = found.order_by().values_list("day", "country", "channel")
    for day, country, channel, *counts in groups.annotate(
        messages=Count("pk"),
        refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
        used=Sum("credits"),
    ).iterator(chunk_size=AT_ONCE):
        messages, refused, credits = counts
        yield day, country_and_code(country), SORTS[channel], messages, refused, credits


def _rows(location: Location, found: QuerySet[InternationalMessage]) -> Iterator[tuple[Any, ...]]:
    zone = Value(location.time_zone)
    rows = found.order_by("sent_at", "pk").values_list(
        *(ProfileField(F("profile"), Value(name)) for name in location.profile_fields),
        "phone",
        "country",
        "channel",
        "carrier_type",
        "status",
        "status_detail",
        Local("status_at", zone),
        Local("sent_at", zone),
        "billed_seconds",
        "credits",
        "refusal",
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        (*profile, phone, country, channel, carrier, status, detail) = row[:-5]
        status_at, sent_at, billed, credits, refusal = row[-5:]
        yield (
            *profile,
            phone,
            country_and_code(country),
            CHANNELS[channel],
            CARRIER_TYPES.get(carrier, ""),
            REFUSED if refusal else status,
            REFUSALS[refusal] if refusal else detail,
            status_at,
            sent_at,
            _minutes(channel, 0 if refusal else billed),
            credits,
        )


def _masked(rows: Iterator[tuple[Any, ...]], *, at: int) -> Iterator[tuple[Any, ...]]:
    """The rows with their phone masked, which stands `at` there, and fields that repeat it."""
    for row in rows:
        phone = row[at]
        fields = (mask_within(field, phone) for field in row[:at])
        yield (*fields, mask(phone), *row[at + 1 :])


def _minutes(channel: str, billed_seconds: int | None) -> int | float | None:
    """Billed minutes of a call; a refused one was billed none, a text has none."""
    if channel != Channel.VOICE:
        return None
    minutes, seconds = divmod(billed_seconds or 0, 60)
    return minutes if not seconds else round(minutes + seconds / 60, 2)
