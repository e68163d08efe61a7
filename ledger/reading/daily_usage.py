"""The daily table of page, chart, workbook, statement and API (docs/domain.md, rule 19)."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Sum

from ledger.models import Entry
from locations.db.sql import fetch_rows
from locations.models import Location

ONE_DAY = dt.timedelta(days=1)

# Credits as they moved the balance; additions, text, voice, chat and other are all of them.
# `bought` and `granted` are parts of the additions. No grant is NULL: one of 0 is a grant.
DAILY_TOTALS = """
    SELECT day,
           coalesce(sum(credits) FILTER (WHERE is_addition), 0)::bigint,
           coalesce(sum(credits) FILTER (WHERE kind = 'international_text'), 0)::bigint,
           coalesce(sum(credits) FILTER (WHERE kind = 'international_voice'), 0)::bigint,
           coalesce(sum(credits) FILTER (WHERE kind = 'chat'), 0)::bigint,
           coalesce(sum(credits) FILTER (WHERE kind = 'contract_expiry'
                                            OR kind = 'adjustment' AND NOT is_addition), 0)::bigint,
           coalesce(sum(credits) FILTER (WHERE kind = 'purchase'), 0)::bigint AS bought,
           (sum(contract_delta) FILTER (WHERE kind = 'contract_grant'))::bigint AS granted
      FROM (SELECT day, kind, contract_delta, contract_delta + purchased_delta AS credits,
                   kind IN ('contract_grant', 'purchase', 'reversal', 'write_off')
                   OR kind = 'adjustment' AND (contract_delta > 0 OR purchased_delta > 0)
                   AS is_addition
              FROM ledger_entry
             WHERE location_id = %(location)s
               AND day BETWEEN coalesce(%(first_on)s::date, '-infinity')
                           AND coalesce(%(last_on)s::date, 'infinity')) entry
     GROUP BY day
     ORDER BY day
"""


# Named tuples: a range has hundreds of days, and dataclasses take five times as long to create.
class Movement(NamedTuple):
    """Signed credits: additions ≥ 0, everything else ≤ 0."""

    additions: int = 0
    text: int = 0
    voice: int = 0
    chat: int = 0
    other: int = 0

    @property
    def net(self) -> int:
        return sum(self)

    @property
    def usage(self) -> int:
        return self.text + self.voice + self.chat

    # A tuple would be concatenated.
    def __add__(self, more: "Movement") -> "Movement":  # type: ignore[override]
        return added_up((self, more))


def added_up(movements: Iterable[Movement]) -> Movement:
    return Movement(*map(sum, zip(*movements, strict=True)))


class Day(NamedTuple):
    """Opening + net = closing (contract plus purchased credits).

    `bought` and `granted` are parts of the additions; `granted` is None unless a term began.
    """

    day: dt.date
    opening: int
    moved: Movement = Movement()
    bought: int = 0
    granted: int | None = None

    @property
    def closing(self) -> int:
        return self.opening + self.moved.net

    @property
    def is_quiet(self) -> bool:
        return self.moved == Movement() and self.granted is None


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """The days with entries from `first_on` to `last_on`, in order.

    `rows` are those in which one of the requested kinds moved, `rows_total` is their sum, and
    `total` that of all days.
    """

    first_on: dt.date | None
    last_on: dt.date | None
    opening: int
    days: tuple[Day, ...]
    rows: tuple[Day, ...]
    total: Movement
    rows_total: Movement

    @property
    def closing(self) -> int:
        return self.opening + self.total.net

    def part(
        self, first_on: dt.date | None, last_on: dt.date | None, kinds: Collection[str] = ()
    ) -> "DailyUsage":
        """The same as `daily_usage` of a range within this one, without a query."""
        get_day = attrgetter("day")
        start = 0 if first_on is None else bisect_left(self.days, first_on, key=get_day)
        end = None if last_on is None else bisect_right(self.days, last_on, key=get_day)
        opening = self._balance_after(self.days[start - 1] if start else None)
        return _usage(first_on, last_on, opening, self.days[start:end], kinds)

    def every_day(self, until: dt.date) -> Iterator[Day]:
        """Also the days up to `until` without an entry.

        Without `first_on` the range begins with the first entry.
        """
        day = self.first_on or (self.days[0].day if self.days else None)
        before: Day | None = None
        for row in self.days:
            if day != row.day:
                yield from _quiet(day, row.day - ONE_DAY, self._balance_after(before))
            yield row
            before, day = row, row.day + ONE_DAY
        yield from _quiet(day, until, self._balance_after(before))

    def _balance_after(self, row: Day | None) -> int:
        return self.opening if row is None else row.closing

    def with_quiet_days(self, until: dt.date) -> "DailyUsage":
        listed = {row.day for row in self.rows}
        rows = (row for row in self.every_day(until) if row.is_quiet or row.day in listed)
        return replace(self, rows=tuple(rows))


def _quiet(first_on: dt.date | None, last_on: dt.date, balance: int) -> Iterator[Day]:
    day = first_on
    while day is not None and day <= last_on:
        yield Day(day, balance)
        day += ONE_DAY


def daily_usage(
    location: Location,
    first_on: dt.date | None = None,
    last_on: dt.date | None = None,
    kinds: Collection[str] = (),
) -> DailyUsage:
    """The daily table of a location, both days included; None leaves an end open. Two queries.

    `kinds` are fields of Movement: only days on which one of them moved are rows then.
    """
    opening = 0
    if first_on is not None:
        before = Entry.objects.filter(location=location, day__lt=first_on)
        opening = before.aggregate(
            sum=Sum("contract_delta", default=0) + Sum("purchased_delta", default=0)
        )["sum"]
    days = []
    running = opening
    for day, *moved, bought, granted in fetch_rows(
        DAILY_TOTALS, location=location.pk, first_on=first_on, last_on=last_on
    ):
        days.append(Day(day, running, Movement._make(moved), bought, granted))
        running += sum(moved)
    return _usage(first_on, last_on, opening, days, kinds)


def _usage(
    first_on: dt.date | None,
    last_on: dt.date | None,
    opening: int,
    days: Sequence[Day],
    kinds: Collection[str],
) -> DailyUsage:
    total = rows_total = added_up(day.moved for day in days)
    rows = days
    if kinds:
        rows = [day for day in days if any(getattr(day.moved, kind) for kind in kinds)]
        rows_total = added_up(day.moved for day in rows)
    return DailyUsage(first_on, last_on, opening, tuple(days), tuple(rows), total, rows_total)
