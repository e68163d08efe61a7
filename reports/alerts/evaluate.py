"""Decide when a location's alert sends mails.

`Alert.level` is the level that members were notified of. A higher one is mailed once, after the
cool-down; the level falls back above every limit by a margin, or after a purchase or a renewal.
"""

import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max

from ledger.engine.renewals import renew_if_due
from ledger.models import Entry, EntryKind
from ledger.reading.daily_usage import daily_usage
from locations.models import Location, User
from locations.permissions import detail_readers
from reports.balance.summary import BalanceSummary, LocationBalanceSummary, balance_summaries
from reports.forecast.forecast import DAY, HISTORY_DAYS, Forecast, forecast
from reports.models import Alert, AlertMail, Level

COOL_DOWN = dt.timedelta(hours=24)
MARGIN_DIVISOR = 10  # re-armed a tenth above the limit
MIN_MARGIN_DAYS = 2
TOP_UP_KINDS = (EntryKind.PURCHASE, EntryKind.CONTRACT_GRANT)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """What limits are compared with. `days_left` is None without a forecast that runs out."""

    available: int
    days_left: int | None = None
    runs_out_on: dt.date | None = None
    ever_had_credits: bool = True


@dataclass(frozen=True, slots=True)
class AlertDecision:
    level: Level
    send_mails: bool = False


def get_figures(summary: BalanceSummary, expected: Forecast) -> AlertFigures:
    runs_out_on = expected.likely.runs_out_on if expected.likely else None
    return AlertFigures(
        available=summary.available,
        days_left=(runs_out_on - summary.today).days if runs_out_on else None,
        runs_out_on=runs_out_on,
        ever_had_credits=bool(summary.balance.last_number),
    )


def compute_level(alert: Alert, figures: AlertFigures) -> Level:
    if not figures.ever_had_credits:
        return Level.CLEAR
    if figures.available <= 0:
        return Level.OUT
    if alert.below_credits is not None and figures.available < alert.below_credits:
        return Level.LOW
    if (
        alert.below_days is not None
        and figures.days_left is not None
        and figures.days_left < alert.below_days
    ):
        return Level.LOW
    return Level.CLEAR


def is_above_by_margin(alert: Alert, figures: AlertFigures) -> bool:
    if alert.below_credits is not None:
        margin = -(-alert.below_credits // MARGIN_DIVISOR)
        if figures.available < alert.below_credits + margin:
            return False
    if alert.below_days is not None and figures.days_left is not None:
        margin = max(MIN_MARGIN_DAYS, -(-alert.below_days // MARGIN_DIVISOR))
        if figures.days_left < alert.below_days + margin:
            return False
    return figures.available > 0


def decide(
    alert: Alert, figures: AlertFigures, *, topped_up_to: int | None, at: dt.datetime
) -> AlertDecision:
    """`topped_up_to` is the highest balance after a top-up since the last evaluation."""
    notified = Level(alert.level)
    if topped_up_to is not None:
        notified = min(notified, _level_after_top_up(alert, topped_up_to))
    level = compute_level(alert, figures)
    if level > notified:
        if _is_cooling_down(alert, level, at):
            return AlertDecision(notified)
        return AlertDecision(level, send_mails=True)
    if level == Level.CLEAR and (topped_up_to is not None or is_above_by_margin(alert, figures)):
        return AlertDecision(Level.CLEAR)
    return AlertDecision(notified)


def _level_after_top_up(alert: Alert, balance: int) -> Level:
    if balance <= 0:
        return Level.OUT
    # The days left at that time are unknown, so a limit of days counts as not reached.
    if alert.below_days is not None or balance < (alert.below_credits or 0):
        return Level.LOW
    return Level.CLEAR


def _is_cooling_down(alert: Alert, level: Level, at: dt.datetime) -> bool:
    # Running out is mailed even right after a low-balance mail.
    last = alert.out_mailed_at if level == Level.OUT else alert.mailed_at
    return last is not None and at < last + COOL_DOWN


def evaluate_all_alerts(*, at: dt.datetime) -> int:
    """Returns how many failed; a failure is logged and does not stop the others."""
    failed = 0
    for location_id in Alert.objects.filter(is_on=True).values_list("location_id", flat=True):
        try:
            evaluate_alert(location_id, at=at)
        except Exception:
            log.exception("the alert of location %s was not evaluated", location_id)
            failed += 1
    return failed


def evaluate_alert(location_id: int, *, at: dt.datetime) -> AlertDecision | None:
    """Update one location's alert and create the mails of a crossing; None if it is off."""
    renew_if_due(location_id, at=at)  # in a transaction of its own
    with transaction.atomic():
        # Lock, re-read, decide: two workers that read the old level would both create mails.
        alert = (
            Alert.objects.select_for_update(of=("self",))
            .select_related("location")
            .filter(location_id=location_id, is_on=True)
            .first()
        )
        if alert is None:
            return None
        (summary,) = balance_summaries([alert.location], at=at)
        figures = get_figures(summary, _forecast(summary))
        topped_up_to = _topped_up_to(alert, summary.balance.last_number)
        decision = decide(alert, figures, topped_up_to=topped_up_to, at=at)
        if decision.send_mails:
            _create_mails(alert, figures, decision.level, at)
        if decision.level != alert.level:
            alert.level, alert.level_since = decision.level, at
        alert.seen_number = summary.balance.last_number
        alert.save(
            update_fields=["level", "level_since", "seen_number", "mailed_at", "out_mailed_at"]
        )
    return decision


def _forecast(summary: LocationBalanceSummary) -> Forecast:
    usage = daily_usage(summary.location, summary.today - HISTORY_DAYS * DAY)
    return forecast(usage, summary)


def _topped_up_to(alert: Alert, last_number: int) -> int | None:
    entries = Entry.objects.filter(
        location_id=alert.location_id,
        number__gt=alert.seen_number,
        number__lte=last_number,
        kind__in=TOP_UP_KINDS,
    )
    highest: int | None = entries.aggregate(
        highest=Max(F("contract_after") + F("purchased_after"))
    )["highest"]
    return highest


def _create_mails(alert: Alert, figures: AlertFigures, level: Level, at: dt.datetime) -> None:
    """To the chosen members who may still open the location, or else to all who may."""
    readers = detail_readers(alert.location)
    recipients = readers.filter(pk__in=alert.members.values("pk")) or readers
    AlertMail.objects.bulk_create(
        AlertMail(
            alert=alert,
            user=user,
            level=level,
            crossed_at=at,
            available=figures.available,
            days_left=figures.days_left,
            runs_out_on=figures.runs_out_on,
            below_credits=alert.below_credits,
            below_days=alert.below_days,
            next_try_at=at,
        )
        for user in recipients
    )
    alert.mailed_at = at
    if level == Level.OUT:
        alert.out_mailed_at = at


def set_alert(
    location: Location,
    *,
    is_on: bool,
    below_credits: int | None,
    below_days: int | None,
    members: Collection[User],
    set_by: User,
    at: dt.datetime,
) -> Alert:
    """Other limits, or turning it on, re-arm the alert; a running cool-down goes on."""
    with transaction.atomic():
        # Lock, so that a worker that is evaluating cannot restore the old level.
        Alert.objects.get_or_create(
            location=location, defaults={"is_on": False, "set_by": set_by, "set_at": at}
        )
        alert = Alert.objects.select_for_update().get(location=location)
        before = (alert.is_on, alert.below_credits, alert.below_days)
        alert.is_on, alert.below_credits, alert.below_days = is_on, below_credits, below_days
        alert.set_by, alert.set_at = set_by, at
        if before != (is_on, below_credits, below_days):
            alert.level, alert.level_since = Level.CLEAR, None
        alert.save()
        alert.members.set(members)
    return alert
