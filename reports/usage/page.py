"""What the Credit Usage page says, read as of one instant."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.http import QueryDict

from ledger.engine.renewals import renew_if_due
from ledger.engine.snapshots import read_snapshot
from ledger.reading.daily_usage import DailyUsage, daily_usage
from locations.models import Location
from reports.balance.overdrawn import Overdrawn, what_took_below
from reports.balance.summary import LocationBalanceSummary, balance_summary
from reports.chart.chart import Chart
from reports.exports.forms import ReportForm
from reports.exports.listing import newest_reports
from reports.forecast.forecast import DAY, HISTORY_DAYS, Forecast, forecast
from reports.forecast.sentences import Outlook, outlook
from reports.form_fields import EARLIEST_ON
from reports.models import Report
from reports.usage.filters import DailyFilter
from reports.usage.tables import DailyTable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from locations.models import User

MOST_OTHER_LOCATIONS = 12


class Place(NamedTuple):
    """Where else the user may go."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class CreditUsage:
    """`usage`, `chart` and `table` are None where the filters of the address make no sense.

    The forecast and its words look at the last days whatever the filters.
    """

    at: dt.datetime
    summary: LocationBalanceSummary
    filter: DailyFilter
    usage: DailyUsage | None
    forecast: Forecast
    outlook: Outlook
    overdrawn: Overdrawn | None
    chart: Chart | None
    table: DailyTable | None
    reports: list[Report]
    report_form: ReportForm

    @property
    def is_proved(self) -> bool:
        """A table that goes on to now must close with the balance at the top of the page."""
        if self.usage is None or not self.filter.reaches_now:
            return self.usage is not None
        return self.usage.closing == self.summary.balance.total


def read_page(location: Location, asked: QueryDict, *, at: dt.datetime) -> CreditUsage:
    """The page for the filters, order and page number of an address."""
    renew_if_due(location.pk, at=at)
    with read_snapshot():
        summary = balance_summary(location, at=at)
        filter_ = DailyFilter(asked, summary)
        first_on, last_on = filter_.days
        history_from = summary.today - HISTORY_DAYS * DAY
        # The table's days and the forecast's in one go; each then takes its part.
        read = daily_usage(location, first_on and min(first_on, history_from))
        overdrawn = what_took_below(location) if summary.debt else None
        reports = newest_reports(location)
    expected = forecast(read.part(history_from, None), summary)
    usage = filter_.usage(read) if filter_.is_valid() else None
    table = usage and DailyTable(
        usage, filter_, order=asked.get("sort", ""), page=asked.get("page", "")
    )
    days = {"first_on": first_on or EARLIEST_ON, "last_on": last_on}
    return CreditUsage(
        at=at,
        summary=summary,
        filter=filter_,
        usage=usage,
        forecast=expected,
        outlook=outlook(summary, expected),
        overdrawn=overdrawn,
        chart=filter_.chart(usage) if usage else None,
        table=table or None,
        reports=reports,
        report_form=ReportForm(initial=days, auto_id="report_%s"),
    )


def other_locations(user: "User | AnonymousUser", location: Location) -> list[Place]:
    """Where else the user may go from here; there may be more than fit."""
    if not user.is_authenticated:
        return []
    others = Location.objects.details_open_to(user).exclude(pk=location.pk)
    rows = others.order_by("name", "pk").values_list("pk", "name")[:MOST_OTHER_LOCATIONS]
    return [Place._make(row) for row in rows]
