"""The days that an address asks for, all pages of them: for files and the statement."""

import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict

from ledger.engine.renewals import renew_if_due
from ledger.engine.snapshots import read_snapshot
from ledger.reading.daily_usage import DailyUsage, Day
from locations.models import Location
from reports.balance.summary import balance_summary
from reports.usage.filters import DailyFilter
from reports.usage.tables import DailyTable


class UnreadableFilters(Exception):
    """The filters of the address make no sense; Credit Usage says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class ShownDays:
    """`rows` are in the order of the table; `usage` has them oldest first."""

    location: Location
    at: dt.datetime
    filter: DailyFilter
    usage: DailyUsage
    rows: list[Day]
    balance: int

    @property
    def first_on(self) -> dt.date:
        """The first day, or the first movement where the range goes back to the beginning."""
        return self.filter.days[0] or min(
            (day.day for day in self.usage.days), default=self.filter.days[1]
        )

    @property
    def last_on(self) -> dt.date:
        return self.filter.days[1]

    @property
    def is_proved(self) -> bool:
        """Days that go on to now must close with the balance."""
        return not self.filter.reaches_now or self.usage.closing == self.balance


def shown_days(location: Location, asked: QueryDict, *, at: dt.datetime) -> ShownDays:
    """What Credit Usage would list for the filters and the order of an address.

    A renewal that is due is done first. Raises UnreadableFilters.
    """
    renew_if_due(location.pk, at=at)
    with read_snapshot():
        summary = balance_summary(location, at=at)
        filter_ = DailyFilter(asked, summary)
        if not filter_.is_valid():
            raise UnreadableFilters
        usage = filter_.usage()
    table = DailyTable(usage, filter_, order=asked.get("sort", ""))
    return ShownDays(location, at, filter_, usage, table.records, summary.balance.total)
