"""What the page of an alert says, and the banner on Credit Usage."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ledger.engine.renewals import renew
from ledger.engine.snapshots import read_snapshot
from ledger.reading.daily_usage import daily_usage
from locations.db.prepared import Given, composed
from locations.models import Location, User
from reports.alerts.evaluate import Reading, level_of, reading
from reports.balance.summary import RenewalDue, Standing, standing
from reports.forecast.forecast import DAY, HISTORY_DAYS, Forecast, Record, forecast
from reports.models import Alert, AlertMail, Level

NEWEST_MAILS = 20
USUAL_DAYS = 14  # offered where nothing was set before


@dataclass(frozen=True, slots=True)
class Banner:
    """The alert's limits that the balance is below now, whatever was mailed; None: not below."""

    below_credits: int | None
    below_days: int | None
    seen: Reading


@dataclass(frozen=True, slots=True)
class AlertPage:
    alert: Alert | None
    standing: Standing
    seen: Reading
    record: Record
    mails: list[AlertMail]

    @property
    def level(self) -> Level | None:
        """How the balance stands to the limits now; None where no alert is on."""
        return level_of(self.alert, self.seen) if self.alert and self.alert.is_on else None

    @property
    def has_pace(self) -> bool:
        return self.record == Record.ENOUGH


def alert_that_is_on(location: Location) -> Alert | None:
    return next(iter(_alert_that_is_on()(location=location.pk)), None)


def banner(alert: Alert | None, now: Standing, expected: Forecast) -> Banner | None:
    """What Credit Usage says of the alert while something is left."""
    seen = reading(now, expected)
    if alert is None or level_of(alert, seen) != Level.LOW:
        return None
    credits, days = alert.below_credits, alert.below_days
    few_credits = credits is not None and seen.available < credits
    few_days = days is not None and seen.days_left is not None and seen.days_left < days
    return Banner(credits if few_credits else None, days if few_days else None, seen)


@composed
def _alert_that_is_on() -> QuerySet[Alert]:
    return Alert.objects.filter(location=Given("location"), is_on=True)


def alert_page(location: Location, *, at: dt.datetime) -> AlertPage:
    try:
        return _read(location, at=at)
    except RenewalDue:
        renew(location.pk, at=at)
        return _read(location, at=at)


def _read(location: Location, *, at: dt.datetime) -> AlertPage:
    with read_snapshot():
        now = standing(location, at=at)
        usage = daily_usage(location, now.today - HISTORY_DAYS * DAY)
        alert = Alert.objects.filter(location=location).first()
        mails = AlertMail.objects.filter(alert__location=location).select_related("user")
        newest = list(mails[:NEWEST_MAILS])
    expected = forecast(usage, now)
    return AlertPage(alert, now, reading(now, expected), expected.record, newest)


def initial(location: Location, user: User) -> dict[str, Any]:
    """What the form shows: what is set, or an offer to whoever opens it first."""
    alert = Alert.objects.filter(location=location).first()
    if alert is None:
        return {"is_on": True, "below_days": USUAL_DAYS, "members": [user.pk]}
    return {
        "is_on": alert.is_on,
        "below_credits": alert.below_credits,
        "below_days": alert.below_days,
        "members": list(alert.members.values_list("pk", flat=True)),
    }
