"""A statement: days oldest first, by month, from an opening to a closing balance."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from ledger.reading.daily_usage import DailyUsage, Day, Movement, added_up
from locations.formatting.dates import format_date
from locations.formatting.dates import format_date_range as range_of_days
from reports.chart.periods import Length


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement: of a day, or of a sum. Some sums lead to no closing balance."""

    head: str
    moved: Movement
    closing: int | None
    is_sum: bool = True


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
            return format_date(start, "F Y")
        return range_of_days(self.first_on, self.last_on)

    @property
    def lines(self) -> Iterator[Line]:
        """The listed days, then what they add up to."""
        for row in self.rows:
            yield Line(format_date(row.day, "D j M"), row.moved, row.closing, is_sum=False)
        if self.shown == self.total:
            yield Line(_("Sum of %s") % self.label, self.total, self.closing)
            return
        if self.rows:
            yield Line(_("Days listed"), self.shown, None)
        yield Line(_("All movements"), self.total, self.closing)


def by_month(usage: DailyUsage, until: dt.date) -> Iterator[Month]:
    """The months, up to `until`, with a day that is listed or on which something moved."""
    listed = {row.day for row in usage.rows}
    days = sorted({*usage.days, *usage.rows}, key=lambda row: row.day)
    for start, some in groupby(days, key=lambda row: Length.MONTH.starts_on(row.day)):
        group = list(some)
        rows = tuple(row for row in group if row.day in listed)
        first_on = max(start, usage.first_on or days[0].day)
        last_on = min(Length.MONTH.ends_on(start), max(until, group[-1].day))
        yield Month(
            first_on,
            last_on,
            rows,
            group[0].opening,
            shown=added_up(row.moved for row in rows),
            total=added_up(row.moved for row in group),
        )


def sums(usage: DailyUsage) -> Iterator[Line]:
    """The last lines: what the whole range adds up to."""
    if usage.shown != usage.total:
        yield Line(_("Days listed"), usage.shown, None)
    yield Line(_("All movements"), usage.total, usage.closing)
