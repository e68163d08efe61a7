"""One day of a location: what moved its credits, in order, and what was refused on it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest, Least

from ledger.engine.pg_arrays import plain_array
from ledger.engine.snapshots import read_snapshot
from ledger.models import (
    USAGE,
    Charge,
    Entry,
    EntryKind,
)
from ledger.reading.daily_usage import Day, Movement, daily_usage
from locations.calendar import local_day
from locations.db.prepared import Given, composed, read
from locations.models import Location

LINES_PER_PAGE = 50

# The entries of a day, and the charges that have none on it: refused whole, or nothing cost. One
# of domestic messages alone has none that were kept. A chat request may have messages of several
# days; it stands on each of them.
LINES = """
    SELECT entry_id, charge_id, count(*) OVER ()
      FROM (SELECT *, coalesce(number, max(number) OVER (ORDER BY at, charge_id NULLS FIRST))
                      AS place
              FROM (SELECT e.at, e.number, e.id AS entry_id, e.charge_id
                      FROM ledger_entry e
                     WHERE e.location_id = %(location)s AND e.day = %(day)s
                    UNION ALL
                    SELECT c.at, NULL, NULL, c.id
                      FROM ledger_charge c
                     WHERE c.location_id = %(location)s AND c.day = %(day)s AND c.credits = 0
                       AND (EXISTS (SELECT 1 FROM ledger_internationalmessage m
                                     WHERE m.charge_id = c.id)
                            OR EXISTS (SELECT 1 FROM ledger_chatmessage m
                                        WHERE m.charge_id = c.id))
                    UNION ALL
                    SELECT DISTINCT c.at, NULL::bigint, NULL::bigint, c.id
                      FROM ledger_chatmessage m JOIN ledger_charge c ON c.id = m.charge_id
                     WHERE m.location_id = %(location)s AND m.day = %(day)s AND m.credits = 0
                       AND (c.day <> m.day OR c.credits > 0)
                       AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.charge_id = c.id
                                          AND e.day = %(day)s AND e.kind = 'chat')) line) placed
     ORDER BY at, place NULLS FIRST, number NULLS LAST, charge_id
     LIMIT %(most)s OFFSET %(skip)s
"""

# What came with the charges of a day, of that day, and what reversals gave back.
COUNTS = """
    SELECT '{by}', {by}_id, count(*), count(*) FILTER (WHERE outcome = 'refused'), {countries}
      FROM {messages} WHERE {by}_id = ANY(%({by}s)s::bigint[]) {of_the_day} GROUP BY {by}_id
"""
# What is no number is of no country, and chat is not counted by country.
COUNTRIES = {
    "ledger_internationalmessage": "count(DISTINCT nullif(country, '')), max(country)",
    "ledger_chatmessage": "0, ''",
}
OF_THE_DAY = {"charge": "AND day = %(day)s", "reversal": ""}
BROUGHT = "SELECT * FROM ({}) brought".format(
    " UNION ALL ".join(
        COUNTS.format(by=by, messages=messages, countries=countries, of_the_day=of_the_day)
        for messages, countries in COUNTRIES.items()
        for by, of_the_day in OF_THE_DAY.items()
    )
)


@dataclass(frozen=True, slots=True)
class Brought:
    """The messages behind a line, the refused ones among them, and where they went.

    `country` is set where all of them went to one.
    """

    messages: int = 0
    refused: int = 0
    countries: int = 0
    country: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement, or a charge that moved nothing (then `entry` is None)."""

    entry: Entry | None
    charge: Charge | None
    brought: Brought
    counted_late: bool

    @property
    def at(self) -> dt.datetime:
        return (self.entry or self.of_charge).at

    @property
    def of_charge(self) -> Charge:
        """The charge of a line that has no entry."""
        assert self.charge is not None  # noqa: S101  # a line has an entry or a charge
        return self.charge

    @property
    def kind(self) -> str:
        """`text`, `voice`, `chat`, or the kind of an entry that no message made."""
        if self.entry is not None and self.entry.kind not in USAGE:
            return self.entry.kind
        return self.of_charge.kind

    @property
    def is_usage(self) -> bool:
        return self.entry is None or self.entry.kind in USAGE

    @property
    def credits(self) -> int:
        return self.entry.credits if self.entry else 0

    @property
    def balance_after(self) -> int:
        """Contract plus purchased credits once it was posted."""
        if self.entry is not None:
            return self.entry.balance_after
        return self.of_charge.contract_after + self.of_charge.purchased_after

    @property
    def balance_before(self) -> int:
        return self.balance_after - self.credits


@dataclass(frozen=True, slots=True)
class DayPage:
    """`day` is the row of the daily table; `previous_on` and `next_on` are days with lines."""

    location: Location
    day: Day
    lines: list[Line]
    line_count: int
    number: int
    previous_on: dt.date | None
    next_on: dt.date | None

    @property
    def pages(self) -> int:
        return max(1, -(-self.line_count // LINES_PER_PAGE))


def read_day(location: Location, day: dt.date, *, page: int = 1) -> DayPage:
    """A page of a day's lines, oldest first, and the figures of the whole day; seven queries."""
    with read_snapshot():
        usage = daily_usage(location, day, day)
        previous_on, next_on = _neighbours(location, day)
        lines, count = _lines(location, day, page)
        if not lines and page > 1:
            page = 1
            lines, count = _lines(location, day, page)
    return DayPage(
        location=location,
        day=usage.rows[0] if usage.rows else Day(day, usage.opening, Movement()),
        lines=lines,
        line_count=count,
        number=page,
        previous_on=previous_on,
        next_on=next_on,
    )


def _neighbours(location: Location, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The nearest days before and after with an entry, or a charge that was refused."""
    before, after = _nearest().tuples(location=location.pk, day=day)[0]
    return before, after


@composed
def _nearest() -> QuerySet[Location, Any]:
    def nearest(model: type[Entry] | type[Charge], order: str, **days: Given) -> Subquery:
        found = model._default_manager.filter(location=OuterRef("pk"), **days).order_by(order)
        return Subquery(found.values("day")[:1])

    day = Given("day")
    # On PostgreSQL GREATEST and LEAST pass over what is null.
    return Location.objects.filter(pk=Given("location")).values_list(
        Greatest(nearest(Entry, "-day", day__lt=day), nearest(Charge, "-day", day__lt=day)),
        Least(nearest(Entry, "day", day__gt=day), nearest(Charge, "day", day__gt=day)),
    )


@composed
def _entries() -> QuerySet[Entry]:
    entries = Entry.objects.filter(pk__in=_given_numbers())
    return entries.select_related("created_by", "approved_by").order_by()


@composed
def _charges() -> QuerySet[Charge]:
    return Charge.objects.filter(pk__in=_given_numbers()).order_by()


def _given_numbers() -> RawSQL:
    return RawSQL("SELECT unnest(%s::bigint[])", [Given("numbers")])


def _lines(location: Location, day: dt.date, page: int) -> tuple[list[Line], int]:
    found = read(
        LINES,
        location=location.pk,
        day=day,
        most=LINES_PER_PAGE,
        skip=(page - 1) * LINES_PER_PAGE,
    )
    entry_ids = plain_array([row[0] for row in found if row[0]])
    charge_ids = plain_array([row[1] for row in found if row[1]])
    entries = {entry.pk: entry for entry in _entries()(numbers=entry_ids)}
    charges = {charge.pk: charge for charge in _charges()(numbers=charge_ids)}
    reversals = [entry.pk for entry in entries.values() if entry.kind == EntryKind.REVERSAL]
    counted = read(BROUGHT, charges=charge_ids, reversals=plain_array(reversals), day=day)
    brought = {
        (by, pk): Brought(messages, refused, countries, country if countries == 1 else "")
        for by, pk, messages, refused, countries, country in counted
    }
    lines = []
    for entry_id, charge_id, _count in found:
        entry, charge = entries.get(entry_id), charges.get(charge_id)
        gave_back = entry is not None and entry.kind == EntryKind.REVERSAL
        made = charge is not None and not gave_back
        lines.append(
            Line(
                entry,
                charge,
                brought.get(("reversal", entry_id) if gave_back else ("charge", charge_id))
                or Brought(),
                counted_late=bool(made and charge and local_day(charge.at, location.zone) != day),
            )
        )
    return lines, found[0][2] if found else 0
