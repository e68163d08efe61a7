import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Greatest, Least

from ledger.engine.pg_arrays import plain_array
from ledger.engine.snapshots import read_snapshot
from ledger.models import USAGE, Charge, Entry, EntryKind
from ledger.reading.daily_usage import Day, Movement, daily_usage
from locations.calendar import local_day
from locations.db.sql import fetch_rows
from locations.models import Location
from reports.history.messages import MessageCounts
from reports.history.tables import DayTable

ROWS_PER_PAGE = 50

# The entries of a day, and the charges without one: refused as a whole, or free. A charge of
# domestic messages alone has no messages in the tables. A chat charge may have messages of several
# days and is listed on each of them.
ROWS = """
    SELECT entry_id, charge_id, count(*) OVER ()
      FROM (SELECT *, coalesce(number, max(number) OVER (ORDER BY at, charge_id NULLS FIRST))
                      AS after
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
                                          AND e.day = %(day)s AND e.kind = 'chat')) listed) placed
     ORDER BY at, after NULLS FIRST, number NULLS LAST, charge_id
     LIMIT %(limit)s OFFSET %(offset)s
"""

# The messages of charges that count on the day, and the messages that reversals gave back.
COUNT = """
    SELECT '{by}', {by}_id, count(*), count(*) FILTER (WHERE outcome = 'refused'), {countries}
      FROM {messages} WHERE {by}_id = ANY(%({by}s)s::bigint[]) {on_the_day} GROUP BY {by}_id
"""
# An invalid number has no country, and chat is not counted by country.
COUNTRIES = {
    "ledger_internationalmessage": "count(DISTINCT nullif(country, '')), max(country)",
    "ledger_chatmessage": "0, ''",
}
ON_THE_DAY = {"charge": "AND day = %(day)s", "reversal": ""}
COUNTS = "SELECT * FROM ({}) counted".format(
    " UNION ALL ".join(
        COUNT.format(by=by, messages=messages, countries=countries, on_the_day=on_the_day)
        for messages, countries in COUNTRIES.items()
        for by, on_the_day in ON_THE_DAY.items()
    )
)


@dataclass(frozen=True, slots=True)
class DayRow:
    """An entry, or a charge without one on this day (then `entry` is None)."""

    entry: Entry | None
    charge: Charge | None
    message_counts: MessageCounts
    is_late: bool  # reported late: the charge was posted on a later day

    @property
    def at(self) -> dt.datetime:
        return (self.entry or self._charge).at

    @property
    def _charge(self) -> Charge:
        assert self.charge is not None  # noqa: S101  # usage has a charge, with or without an entry
        return self.charge

    @property
    def kind(self) -> str:
        """`text`, `voice`, `chat`, or the kind of an entry without messages."""
        if self.entry is not None and self.entry.kind not in USAGE:
            return self.entry.kind
        return self._charge.kind

    @property
    def label(self) -> str:
        return self.message_counts.describe(self._charge.kind)

    @property
    def is_usage(self) -> bool:
        return self.entry is None or self.entry.kind in USAGE

    @property
    def credits(self) -> int:
        return self.entry.credits if self.entry else 0

    @property
    def balance_after(self) -> int:
        if self.entry is not None:
            return self.entry.balance_after
        return self._charge.contract_after + self._charge.purchased_after

    @property
    def balance_before(self) -> int:
        return self.balance_after - self.credits


@dataclass(frozen=True, slots=True)
class DayPage:
    """`previous_on` and `next_on` are the nearest days with rows."""

    day: Day
    page: Page
    table: DayTable
    previous_on: dt.date | None
    next_on: dt.date | None


def read_day(location: Location, day: dt.date, *, page: int = 1) -> DayPage:
    with read_snapshot():
        usage = daily_usage(location, day, day)
        previous_on, next_on = _nearest_days(location, day)
        rows, count = _read_rows(location, day, page)
        if not rows and page > 1:
            page = 1
            rows, count = _read_rows(location, day, page)
    return DayPage(
        day=usage.rows[0] if usage.rows else Day(day, usage.opening, Movement()),
        page=Paginator(range(count), ROWS_PER_PAGE).page(page),
        table=DayTable(rows, location=location),
        previous_on=previous_on,
        next_on=next_on,
    )


def _nearest_days(location: Location, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    def nearest(model: type[Entry] | type[Charge], order: str, **days: dt.date) -> Subquery:
        rows = model._default_manager.filter(location=OuterRef("pk"), **days).order_by(order)
        return Subquery(rows.values("day")[:1])

    # GREATEST and LEAST of PostgreSQL ignore nulls.
    return (
        Location.objects.filter(pk=location.pk)
        .values_list(
            Greatest(nearest(Entry, "-day", day__lt=day), nearest(Charge, "-day", day__lt=day)),
            Least(nearest(Entry, "day", day__gt=day), nearest(Charge, "day", day__gt=day)),
        )
        .get()
    )


def _read_rows(location: Location, day: dt.date, page: int) -> tuple[list[DayRow], int]:
    """The rows of a page, and how many the day has."""
    ids = fetch_rows(
        ROWS,
        location=location.pk,
        day=day,
        limit=ROWS_PER_PAGE,
        offset=(page - 1) * ROWS_PER_PAGE,
    )
    entry_ids = [entry_id for entry_id, _charge_id, _count in ids if entry_id]
    charge_ids = [charge_id for _entry_id, charge_id, _count in ids if charge_id]
    entries = Entry.objects.select_related("created_by", "approved_by").in_bulk(entry_ids)
    charges = Charge.objects.in_bulk(charge_ids)
    reversal_ids = [entry.pk for entry in entries.values() if entry.kind == EntryKind.REVERSAL]
    counts = {
        (by, pk): MessageCounts.from_row(*counted)
        for by, pk, *counted in fetch_rows(
            COUNTS,
            charges=plain_array(charge_ids),
            reversals=plain_array(reversal_ids),
            day=day,
        )
    }
    rows = []
    for entry_id, charge_id, _count in ids:
        entry, charge = entries.get(entry_id), charges.get(charge_id)
        is_reversal = entry is not None and entry.kind == EntryKind.REVERSAL
        key = ("reversal", entry_id) if is_reversal else ("charge", charge_id)
        rows.append(
            DayRow(
                entry,
                charge,
                counts.get(key, MessageCounts()),
                is_late=charge is not None
                and not is_reversal
                and local_day(charge.at, location.zone) != day,
            )
        )
    return rows, ids[0][2] if ids else 0
