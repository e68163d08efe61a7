"""A statement: days oldest first, by month, from an opening to a closing balance."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.formats import date_format

from ledger.daily import DailyUsage, Day, Movement
from reports.periods import Length
from reports.templatetags.credits import days as range_of_days


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month of a range, or as much of it as lies in the range.

    `rows` are the listed days and `shown` adds them up; `total` is all that moved, so that
    opening + total.net = closing.
    """

    first_on: dt.date
    last_on: dt.date
    rows: tuple[Day, ...]
    opening: int
    shown: Movement
    total: Movement

    @property
    def closing(self) -> int:
        return self.opening + self.total.net

    @property
    def label(self) -> str:
        """October 2026, or 25 Aug – 31 Aug 2026 of a month that the range cuts."""
        start, end = Length.MONTH.starts_on(self.first_on), Length.MONTH.ends_on(self.first_on)
        if (start, end) == (self.first_on, self.last_on):
            return date_format(start, "F Y")
        return range_of_days(self.first_on, self.last_on)


def by_month(usage: DailyUsage, until: dt.date) -> Iterator[Month]:
    """The months, up to `until`, with a day that is listed or on which something moved."""
    listed = {row.day for row in usage.rows}
    days = sorted({*usage.days, *usage.rows}, key=lambda row: row.day)
    for start, some in groupby(days, key=lambda row: Length.MONTH.starts_on(row.day)):
        group = list(some)
        shown = total = Movement()
        for row in group:
            total += row.moved
            if row.day in listed:
                shown += row.moved
        rows = tuple(row for row in group if row.day in listed)
        first_on = max(start, usage.first_on or days[0].day)
        last_on = min(Length.MONTH.ends_on(start), max(until, group[-1].day))
        yield Month(first_on, last_on, rows, group[0].opening, shown, total)
