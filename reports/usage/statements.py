import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from ledger.reading.daily_usage import DailyUsage, Day, Movement, added_up
from locations.formatting.dates import format_date, format_date_range
from reports.chart.periods import Length


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A day or a sum; `closing` is None for a sum of some days only."""

    head: str
    moved: Movement
    closing: int | None
    is_sum: bool = True


@dataclass(frozen=True, slots=True)
class StatementMonth:
    """The part of a month within a range; `listed` sums its days, `total` all its movements."""

    first_on: dt.date
    last_on: dt.date
    days: tuple[Day, ...]
    opening: int
    listed: Movement
    total: Movement

    @property
    def closing(self) -> int:
        return self.opening + self.total.net

    @property
    def label(self) -> str:
        """October 2026, or 25 Aug – 31 Aug 2026 of a month that is cut."""
        start, end = Length.MONTH.starts_on(self.first_on), Length.MONTH.ends_on(self.first_on)
        if (start, end) == (self.first_on, self.last_on):
            return format_date(start, "F Y")
        return format_date_range(self.first_on, self.last_on)

    @property
    def rows(self) -> Iterator[StatementRow]:
        for day in self.days:
            yield StatementRow(format_date(day.day, "D j M"), day.moved, day.closing, is_sum=False)
        if self.listed == self.total:
            yield StatementRow(_("Sum of %s") % self.label, self.total, self.closing)
            return
        if self.days:
            yield StatementRow(_("Days listed"), self.listed, None)
        yield StatementRow(_("All movements"), self.total, self.closing)


def statement_months(usage: DailyUsage, until: dt.date) -> Iterator[StatementMonth]:
    listed_days = {day.day for day in usage.rows}
    all_days = sorted({*usage.days, *usage.rows}, key=lambda day: day.day)
    for start, group in groupby(all_days, key=lambda day: Length.MONTH.starts_on(day.day)):
        moved = list(group)
        days = tuple(day for day in moved if day.day in listed_days)
        first_on = max(start, usage.first_on or all_days[0].day)
        last_on = min(Length.MONTH.ends_on(start), max(until, moved[-1].day))
        yield StatementMonth(
            first_on,
            last_on,
            days,
            moved[0].opening,
            listed=added_up(day.moved for day in days),
            total=added_up(day.moved for day in moved),
        )


def statement_sums(usage: DailyUsage) -> Iterator[StatementRow]:
    if usage.rows_total != usage.total:
        yield StatementRow(_("Days listed"), usage.rows_total, None)
    yield StatementRow(_("All movements"), usage.total, usage.closing)
