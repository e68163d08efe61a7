"""The rows of a report, as they go into its workbook.

A message stands in the report of its `day`: the one on which the daily table counts it, so that
the credits of the rows are the usage that the page shows for the same days. Rows come through
a cursor of the server, in local time already: a million of them need no memory to speak of.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateTimeField, F, Func, Q, QuerySet, TextField, Value

from ledger.models import (
    ChatMessage,
    Direction,
    InternationalMessage,
    Outcome,
    Refusal,
    TextType,
)
from locations.countries import country_name
from locations.models import CarrierType, Channel, Location
from reports.models import ReportKind
from reports.workbooks import Column

AT_ONCE = 2_000  # rows fetched from the server's cursor
REFUSED = "Refused"

CHANNELS = dict(Channel.choices)
CARRIER_TYPES = dict(CarrierType.choices)
REFUSALS = dict(Refusal.choices)
DIRECTIONS = dict(Direction.choices)
TEXT_TYPES = dict(TextType.choices)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a report is made of: its columns, how many messages, and their rows, read once.

    `credits_at` is the position of the credits in a row; `messages` counts the refused too.
    """

    columns: tuple[Column, ...]
    credits_at: int
    messages: int
    refused: int
    rows: Iterator[tuple[Any, ...]]


def rows_of(kind: str, location: Location, first_on: dt.date, last_on: dt.date) -> Rows:
    """The rows of a report of this kind for these days of the location, both included.

    Ordered by sent date. Call it, and read the rows, in one transaction with one snapshot.
    """
    read = {ReportKind.INTERNATIONAL: _international, ReportKind.CHAT: _chat}[ReportKind(kind)]
    return read(location, Q(location=location, day__gte=first_on, day__lte=last_on))


def international_columns(location: Location) -> tuple[Column, ...]:
    """The location's own profile fields, in its order, and what is known of the message."""
    zone = location.time_zone
    fields = {name.casefold() for name in location.profile_fields}
    message = (
        Column("Phone", 18),
        Column("Country", 24),
        Column("Channel", 12),
        Column("Carrier type", 13),
        Column("Message status", 18),
        Column("Status details", 30),
        Column(f"Status date ({zone})", 20),
        Column(f"Sent date ({zone})", 20),
        Column("Minutes", 10),
        Column("Credits used", 10),
    )
    return (
        *(Column(name, 18) for name in location.profile_fields),
        # A recipient's country is not that of the number.
        *(
            Column(f"{column.title} (message)", column.width)
            if column.title.casefold() in fields
            else column
            for column in message
        ),
    )


def chat_columns(location: Location) -> tuple[Column, ...]:
    return (
        Column("Chat inbox name", 20),
        Column("Message content", 60),
        Column("Direction", 12),
        Column(f"Date and time ({location.time_zone})", 20),
        Column("Phone number", 18),
        Column("Credits used", 10),
        Column("Text type", 10),
        Column("Outcome", 30),
    )


def country_and_code(code: str) -> str:
    """A country as people read it, with its code: Germany (DE). An unknown code is itself."""
    name = country_name(code)
    return name if name == code else f"{name} ({code})"


class Local(Func):
    """An instant as the zone's clocks showed it: naive, whole seconds, blank where null."""

    template = "date_trunc('second', %(expressions)s)"
    arg_joiner = " AT TIME ZONE "
    output_field = DateTimeField()


class ProfileField(Func):
    """A recipient's field as text. Django's own `profile__1` would look for an array's item."""

    function = "jsonb_extract_path_text"
    output_field = TextField()


def _international(location: Location, these: Q) -> Rows:
    names = location.profile_fields
    found = InternationalMessage.objects.filter(these)
    zone = Value(location.time_zone)
    columns = international_columns(location)

    def read() -> Iterator[tuple[Any, ...]]:
        rows = found.order_by("sent_at", "pk").values_list(
            *(ProfileField(F("profile"), Value(name)) for name in names),
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

    return _rows(columns, len(columns) - 1, found, read)


def _chat(location: Location, these: Q) -> Rows:
    found = ChatMessage.objects.filter(these)
    columns = chat_columns(location)

    def read() -> Iterator[tuple[Any, ...]]:
        rows = found.order_by("sent_at", "pk").values_list(
            "inbox__name",
            "content",
            "direction",
            Local("sent_at", Value(location.time_zone)),
            "phone",
            "credits",
            "text_type",
            "refusal",
        )
        for *message, direction, sent_at, phone, credits, kind, refusal in rows.iterator(
            chunk_size=AT_ONCE
        ):
            yield (
                *message,
                DIRECTIONS[direction],
                sent_at,
                phone,
                credits,
                TEXT_TYPES[kind],
                f"{REFUSED}: {REFUSALS[refusal]}" if refusal else "Charged",
            )

    return _rows(columns, 5, found, read)


def _rows(
    columns: Sequence[Column],
    credits_at: int,
    found: QuerySet[Any],
    read: Callable[[], Iterator[tuple[Any, ...]]],
) -> Rows:
    counted = found.aggregate(
        messages=Count("pk"), refused=Count("pk", filter=Q(outcome=Outcome.REFUSED))
    )
    return Rows(tuple(columns), credits_at, counted["messages"], counted["refused"], read())


def _minutes(channel: str, billed_seconds: int | None) -> int | float | None:
    """Billed minutes of a call; a refused one was billed none, a text has none."""
    if channel != Channel.VOICE:
        return None
    minutes, seconds = divmod(billed_seconds or 0, 60)
    return minutes if not seconds else round(minutes + seconds / 60, 2)
