"""When a location's alert speaks, and what it then has mailed.

A crossing is told once. What has been told is the alert's `level`; it goes up with a mail to each
chosen member, and comes down again (the alert is re-armed) only when the balance is above every
limit by a margin, or above it after a purchase or a renewal. A balance that swings around a limit
is so told once, and mails of the same kind are at least COOL_DOWN apart: a crossing within that
time is told when it is over, should it then still be one.

Nothing here is called by charging: the schedule looks, and mails leave from rows of their own
(`reports.alerts.mails`), however long a mail server is down.
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
from reports.balance.summary import Standing, standings
from reports.forecast.forecast import DAY, HISTORY_DAYS, Forecast, forecast
from reports.models import Alert, AlertMail, Level

COOL_DOWN = dt.timedelta(hours=24)
MARGIN_SHARE = 10  # re-armed a tenth above the limit
FEWEST_MARGIN_DAYS = 2
TOPS_UP = (EntryKind.PURCHASE, EntryKind.CONTRACT_GRANT)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the limits are held against.

    `days_left` is None where the credits last beyond what can be foreseen, or where the history
    is too short for a pace: no limit of days is crossed then.
    """

    available: int
    days_left: int | None = None
    runs_out_on: dt.date | None = None
    ever_had_credits: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    level: Level
    tell: bool = False


def reading(now: Standing, expected: Forecast) -> Reading:
    runs_out_on = expected.likely.runs_out_on if expected.likely else None
    return Reading(
        available=now.available,
        days_left=(runs_out_on - now.today).days if runs_out_on else None,
        runs_out_on=runs_out_on,
        ever_had_credits=bool(now.balance.last_number),
    )


def level_of(alert: Alert, seen: Reading) -> Level:
    """Which level the limits give, whatever was told before."""
    if not seen.ever_had_credits:
        return Level.CLEAR
    if seen.available <= 0:
        return Level.OUT
    if alert.below_credits is not None and seen.available < alert.below_credits:
        return Level.LOW
    if (
        alert.below_days is not None
        and seen.days_left is not None
        and seen.days_left < alert.below_days
    ):
        return Level.LOW
    return Level.CLEAR


def is_above_by_a_margin(alert: Alert, seen: Reading) -> bool:
    if alert.below_credits is not None:
        margin = -(-alert.below_credits // MARGIN_SHARE)
        if seen.available < alert.below_credits + margin:
            return False
    if alert.below_days is not None and seen.days_left is not None:
        margin = max(FEWEST_MARGIN_DAYS, -(-alert.below_days // MARGIN_SHARE))
        if seen.days_left < alert.below_days + margin:
            return False
    return seen.available > 0


def decide(alert: Alert, seen: Reading, *, topped_up_to: int | None, at: dt.datetime) -> Decision:
    """What to do about a reading; asks nobody.

    `topped_up_to` is the highest balance right after a purchase or a renewal since the last
    look, None if there was none: it may have been used up again since.
    """
    told = Level(alert.level)
    if topped_up_to is not None:
        told = min(told, _level_after_top_up(alert, topped_up_to))
    level = level_of(alert, seen)
    if level > told:
        if _is_cooling(alert, level, at):
            return Decision(told)
        return Decision(level, tell=True)
    if level == Level.CLEAR and (topped_up_to is not None or is_above_by_a_margin(alert, seen)):
        return Decision(Level.CLEAR)
    return Decision(told)


def _level_after_top_up(alert: Alert, balance: int) -> Level:
    if balance <= 0:
        return Level.OUT
    # How many days it lasted then is not known any more: not above that limit, as far as we know.
    if alert.below_days is not None or balance < (alert.below_credits or 0):
        return Level.LOW
    return Level.CLEAR


def _is_cooling(alert: Alert, level: Level, at: dt.datetime) -> bool:
    """Whether such a mail went out a short while ago; that nothing is left is told after any."""
    last = alert.out_mailed_at if level == Level.OUT else alert.mailed_at
    return last is not None and at < last + COOL_DOWN


def look_at_all(*, at: dt.datetime) -> int:
    """Look at each location whose alert is on; how many could not be looked at.

    One that fails does not keep the others waiting: it is looked at again the next time.
    """
    failed = 0
    for location_id in Alert.objects.filter(is_on=True).values_list("location_id", flat=True):
        try:
            look(location_id, at=at)
        except Exception:
            log.exception("the alert of location %s was not looked at", location_id)
            failed += 1
    return failed


def look(location_id: int, *, at: dt.datetime) -> Decision | None:
    """Decide about one location and write the mails of a crossing; None where no alert is on.

    However many workers look at once, a crossing is told once.
    """
    renew_if_due(location_id, at=at)  # a renewal that is due, in a transaction of its own
    with transaction.atomic():
        # Two workers that both read the level before would both tell: lock, re-read, decide.
        alert = (
            Alert.objects.select_for_update(of=("self",))
            .select_related("location")
            .filter(location_id=location_id, is_on=True)
            .first()
        )
        if alert is None:
            return None
        (now,) = standings([alert.location], at=at)
        seen = reading(now, _expected(now))
        topped_up_to = _topped_up_to(alert, now.balance.last_number)
        decision = decide(alert, seen, topped_up_to=topped_up_to, at=at)
        if decision.tell:
            _tell(alert, seen, decision.level, at)
        if decision.level != alert.level:
            alert.level, alert.level_since = decision.level, at
        alert.seen_number = now.balance.last_number
        alert.save(
            update_fields=["level", "level_since", "seen_number", "mailed_at", "out_mailed_at"]
        )
    return decision


def _expected(now: Standing) -> Forecast:
    usage = daily_usage(now.location, now.today - HISTORY_DAYS * DAY)
    return forecast(usage, now)


def _topped_up_to(alert: Alert, last_number: int) -> int | None:
    entries = Entry.objects.filter(
        location_id=alert.location_id,
        number__gt=alert.seen_number,
        number__lte=last_number,
        kind__in=TOPS_UP,
    )
    highest: int | None = entries.aggregate(
        highest=Max(F("contract_after") + F("purchased_after"))
    )["highest"]
    return highest


def _tell(alert: Alert, seen: Reading, level: Level, at: dt.datetime) -> None:
    """To the chosen members who may still open the location; to all who may, where none may."""
    readers = detail_readers(alert.location)
    told = readers.filter(pk__in=alert.members.values("pk")) or readers
    AlertMail.objects.bulk_create(
        AlertMail(
            alert=alert,
            user=user,
            level=level,
            crossed_at=at,
            available=seen.available,
            days_left=seen.days_left,
            runs_out_on=seen.runs_out_on,
            below_credits=alert.below_credits,
            below_days=alert.below_days,
            next_try_at=at,
        )
        for user in told
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
    """Set it anew. Other limits, or turning it on, re-arm it; the cool-down goes on."""
    with transaction.atomic():
        # Between a reading and its writing down a worker must not put the old level back.
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
