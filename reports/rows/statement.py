"""The statement: every entry between two days, from the opening balance to the closing one."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Value

from ledger.daily import DailyUsage
from ledger.models import Entry, Kind
from locations.models import Location
from reports.rows.reading import AT_ONCE, Local, Rows
from reports.workbooks import Column, Table

KINDS = dict(Kind.choices)


def columns(location: Location) -> tuple[Column, ...]:
    zone = location.time_zone
    return (
        Column("Day", 12, "The day of the daily table on which the entry counts."),
        Column("Entry", 10, "Its number: the location's entries are counted without gaps."),
        Column(f"Took effect ({zone})", 20, "By the location's clocks."),
        Column("What", 22, "What kind of entry it is."),
        Column("Reason or reference", 40, "As it was given, for a purchase or an adjustment."),
        Column("Contract credits", 12, "Added to the contract credits; below zero: taken."),
        Column("Purchased credits", 12, "Added to the purchased credits; below zero: taken."),
        Column("Credits", 12, "Both together."),
        Column(
            "Balance",
            14,
            "Contract and purchased credits after it, in the order of this sheet: by day, and "
            "within a day by number.",
        ),
    )


def read(location: Location, usage: DailyUsage, first_on: dt.date, last_on: dt.date) -> Rows:
    """Ordered by day and number."""
    entries = Entry.objects.for_location(location).between(first_on, last_on)
    total = usage.total
    heads = ("Additions", "Texts", "Calls", "Chat", "Lapsed, other", "Net")
    closing = Column("Closing balance", is_balance=True)
    days = tuple(
        (
            row.day,
            row.moved.additions,
            row.moved.text,
            row.moved.voice,
            row.moved.chat,
            row.moved.other,
            row.moved.net,
            row.closing,
        )
        for row in usage.days
    )
    return Rows(
        sheet="Entries",
        columns=columns(location),
        credits_at=7,
        messages=entries.count(),
        refused=0,
        said={row.day: row.moved.net for row in usage.days},
        # The daily table is made of the entries themselves; their sum is proved as they go in.
        found={row.day: row.moved.net for row in usage.days},
        words=("Credits of the entries", "Net on the daily table"),
        totals=(
            ("Opening balance", usage.opening),
            ("Additions", total.additions),
            ("Texts", total.text),
            ("Calls", total.voice),
            ("Chat", total.chat),
            ("Lapsed, other", total.other),
            ("Closing balance", usage.closing),
        ),
        tables=(Table("By day", (Column("Day"), *map(Column, heads), closing), days),),
        rows=_rows(location, entries, usage.opening),
    )


def _rows(location: Location, entries: Any, balance: int) -> Iterator[tuple[Any, ...]]:
    found = entries.order_by("day", "number").values_list(
        "day",
        "number",
        Local("at", Value(location.time_zone)),
        "kind",
        "reason",
        "reference",
        "contract_delta",
        "purchased_delta",
    )
    for day, number, at, kind, reason, reference, *moved in found.iterator(chunk_size=AT_ONCE):
        contract, purchased = moved
        balance += contract + purchased
        yield (
            day,
            number,
            at,
            KINDS[kind],
            ", ".join(text for text in (reason, reference) if text),
            contract,
            purchased,
            contract + purchased,
            balance,
        )
