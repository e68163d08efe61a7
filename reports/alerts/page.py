import datetime as dt
from dataclasses import dataclass
from typing import Any

from ledger.engine.snapshots import renewed_snapshot
from ledger.reading.daily_usage import daily_usage
from locations.models import Location, User
from reports.alerts.evaluate import AlertFigures, compute_level, get_figures
from reports.balance.summary import BalanceSummary, balance_summary
from reports.forecast.forecast import DAY, HISTORY_DAYS, Forecast, HistoryState, forecast
from reports.models import Alert, AlertMail, Level

MAX_MAILS = 20
DEFAULT_BELOW_DAYS = 14


@dataclass(frozen=True, slots=True)
class AlertBanner:
    """Limits that the balance is below now; None: not below, or no such limit."""

    below_credits: int | None
    below_days: int | None
    figures: AlertFigures


@dataclass(frozen=True, slots=True)
class AlertPage:
    alert: Alert | None
    figures: AlertFigures
    history_state: HistoryState
    mails: list[AlertMail]

    @property
    def level(self) -> Level | None:
        return compute_level(self.alert, self.figures) if self.alert and self.alert.is_on else None

    @property
    def has_daily_rate(self) -> bool:
        return self.history_state == HistoryState.ENOUGH


def get_active_alert(location: Location) -> Alert | None:
    return Alert.objects.filter(location=location, is_on=True).first()


def get_banner(
    alert: Alert | None, summary: BalanceSummary, expected: Forecast
) -> AlertBanner | None:
    figures = get_figures(summary, expected)
    if alert is None or compute_level(alert, figures) != Level.LOW:
        return None
    credits, days = alert.below_credits, alert.below_days
    few_credits = credits is not None and figures.available < credits
    few_days = days is not None and figures.days_left is not None and figures.days_left < days
    return AlertBanner(credits if few_credits else None, days if few_days else None, figures)


def load_alert_page(location: Location, *, at: dt.datetime) -> AlertPage:
    with renewed_snapshot(location.pk, at=at):
        summary = balance_summary(location, at=at)
        usage = daily_usage(location, summary.today - HISTORY_DAYS * DAY)
        alert = Alert.objects.filter(location=location).first()
        mails = AlertMail.objects.filter(alert__location=location).select_related("user")
        newest = list(mails[:MAX_MAILS])
    expected = forecast(usage, summary)
    return AlertPage(alert, get_figures(summary, expected), expected.history_state, newest)


def get_initial(location: Location, user: User) -> dict[str, Any]:
    alert = Alert.objects.filter(location=location).first()
    if alert is None:
        return {"is_on": True, "below_days": DEFAULT_BELOW_DAYS, "members": [user.pk]}
    return {
        "is_on": alert.is_on,
        "below_credits": alert.below_credits,
        "below_days": alert.below_days,
        "members": list(alert.members.values_list("pk", flat=True)),
    }
