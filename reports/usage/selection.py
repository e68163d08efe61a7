import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict

from ledger.engine.snapshots import renewed_snapshot
from ledger.reading.daily_usage import DailyUsage, Day
from locations.models import Location
from reports.balance.summary import balance_summary
from reports.usage.filters import DailyFilter
from reports.usage.tables import DailyTable


class InvalidFilters(Exception):
    """Credit Usage lists the errors."""


@dataclass(frozen=True, slots=True)
class SelectedDays:
    """`rows` are in the order of the table; `usage` has them oldest first."""

    location: Location
    at: dt.datetime
    filter: DailyFilter
    usage: DailyUsage
    rows: list[Day]
    balance: int

    @property
    def first_on(self) -> dt.date:
        return self.filter.days[0] or min(
            (day.day for day in self.usage.days), default=self.filter.days[1]
        )

    @property
    def last_on(self) -> dt.date:
        return self.filter.days[1]

    @property
    def is_proved(self) -> bool:
        return not self.filter.includes_today or self.usage.closing == self.balance


def select_days(location: Location, params: QueryDict, *, at: dt.datetime) -> SelectedDays:
    """Renews the contract first if that is due. Raises InvalidFilters."""
    with renewed_snapshot(location.pk, at=at):
        summary = balance_summary(location, at=at)
        filter_ = DailyFilter(params, summary)
        if not filter_.is_valid():
            raise InvalidFilters
        usage = filter_.usage()
    table = DailyTable(usage, filter_, order=params.get("sort", ""))
    return SelectedDays(location, at, filter_, usage, table.records, summary.balance.total)
