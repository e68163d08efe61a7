"""Chat messages, sent and received."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Value

from ledger.daily import DailyUsage
from ledger.models import ChatMessage, Direction, Outcome, Refusal, TextType
from locations.models import Location
from reports.masking import mask
from reports.rows.reading import AT_ONCE, REFUSED, Local, Rows, Tallies, used
from reports.workbooks import Column

REFUSALS = dict(Refusal.choices)
DIRECTIONS = dict(Direction.choices)
TEXT_TYPES = dict(TextType.choices)


def columns(location: Location) -> tuple[Column, ...]:
    return (
        Column("Chat inbox name", 20, "The inbox that the message was sent from or came in to."),
        Column("Message content", 60, "What was written; blank where it was a picture alone."),
        Column("Direction", 12, "Inbound: received. Outbound: sent."),
        Column(f"Date and time ({location.time_zone})", 20, "By the location's clocks."),
        Column("Phone number", 18, "The number of the person at the other end."),
        Column("Credits used", 10, "What it cost: 0 where it was refused."),
        Column("Text type", 10, "MMS has a picture, SMS has none."),
        Column("Outcome", 30, "Charged, or refused and why. What was refused was not sent."),
    )


def read(
    location: Location, usage: DailyUsage, first_on: dt.date, last_on: dt.date, *, masked: bool
) -> Rows:
    """Ordered by date and time."""
    found = ChatMessage.objects.filter(location=location, day__gte=first_on, day__lte=last_on)
    tallies = Tallies(_groups(found))
    said = used(usage, "chat")
    return Rows(
        sheet="Messages",
        columns=columns(location),
        credits_at=5,
        messages=tallies.messages,
        refused=tallies.refused,
        said=said,
        found=tallies.found,
        words=("Credits of the messages", "Credits on the daily table"),
        totals=tallies.totals(),
        tables=tallies.tables(tuple(TEXT_TYPES.values()), place="Chat inbox", said=said),
        rows=_rows(location, found, mask if masked else str),
    )


def _groups(found: QuerySet[ChatMessage]) -> Iterator[tuple[dt.date, str, str, int, int, int]]:
    groups = found.order_by().values_list("day", "inbox__name", "text_type")
    for day, inbox, text_type, *counts in groups.annotate(
        messages=Count("pk"),
        refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
        used=Sum("credits"),
    ).iterator(chunk_size=AT_ONCE):
        messages, refused, credits = counts
        yield day, inbox, TEXT_TYPES[text_type], messages, refused, credits


def _rows(
    location: Location, found: QuerySet[ChatMessage], show: Callable[[str], str]
) -> Iterator[tuple[Any, ...]]:
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
            show(phone),
            credits,
            TEXT_TYPES[kind],
            f"{REFUSED}: {REFUSALS[refusal]}" if refusal else "Charged",
        )
