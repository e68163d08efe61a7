import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.safestring import SafeString

from ledger.engine.snapshots import renewed_snapshot
from ledger.reading.daily_usage import DailyUsage, daily_usage
from locations.models import Location
from reports.balance.overdrawn import Overdraft, load_overdraft
from reports.balance.summary import LocationBalanceSummary, balance_summary
from reports.chart.chart import Chart
from reports.exports.forms import ReportForm
from reports.exports.listing import newest_reports
from reports.forecast.details import describe_details
from reports.forecast.forecast import DAY, HISTORY_DAYS, Forecast, forecast
from reports.forecast.sentences import describe_forecast
from reports.form_fields import EARLIEST_ON
from reports.models import Report
from reports.usage.filters import DailyFilter
from reports.usage.tables import DailyTable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from locations.models import User

MAX_OTHERS = 12


@dataclass(frozen=True, slots=True)
class CreditUsage:
    """`usage`, `chart` and `table` are None where the filters are invalid."""

    at: dt.datetime
    summary: LocationBalanceSummary
    filter: DailyFilter
    usage: DailyUsage | None
    forecast: Forecast
    sentences: list[SafeString]
    details: list[SafeString]
    overdrawn: Overdraft | None
    chart: Chart | None
    table: DailyTable | None
    reports: list[Report]
    report_form: ReportForm

    @property
    def is_proved(self) -> bool:
        """Whether a table that ends today closes with the balance."""
        if self.usage is None or not self.filter.includes_today:
            return self.usage is not None
        return self.usage.closing == self.summary.balance.total


def read_page(location: Location, params: QueryDict, *, at: dt.datetime) -> CreditUsage:
    with renewed_snapshot(location.pk, at=at):
        summary = balance_summary(location, at=at)
        filter_ = DailyFilter(params, summary)
        first_on, last_on = filter_.days
        history_from = summary.today - HISTORY_DAYS * DAY
        # One query for the days of the table and of the forecast.
        daily = daily_usage(location, first_on and min(first_on, history_from))
        overdrawn = load_overdraft(location) if summary.debt else None
        reports = newest_reports(location)
    expected = forecast(daily.part(history_from, None), summary)
    usage = filter_.usage(daily) if filter_.is_valid() else None
    table = usage and DailyTable(
        usage, filter_, order=params.get("sort", ""), page=params.get("page", "")
    )
    days = {"first_on": first_on or EARLIEST_ON, "last_on": last_on}
    return CreditUsage(
        at=at,
        summary=summary,
        filter=filter_,
        usage=usage,
        forecast=expected,
        sentences=list(describe_forecast(summary, expected)),
        details=list(describe_details(summary, expected)),
        overdrawn=overdrawn,
        chart=filter_.chart(usage) if usage else None,
        table=table or None,
        reports=reports,
        report_form=ReportForm(initial=days, auto_id="report_%s"),
    )


def other_locations(user: "User | AnonymousUser", location: Location) -> list[Location]:
    if not user.is_authenticated:
        return []
    others = Location.objects.details_open_to(user).exclude(pk=location.pk).order_by("name", "pk")
    return list(others.only("pk", "name")[:MAX_OTHERS])
