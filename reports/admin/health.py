"""Checks of the ledger, its tasks and its queues, for the health page."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min, Q
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.backoff import NoBackoff
from redis.retry import Retry

from ledger.engine.renewals import is_renewal_due
from ledger.models import Balance, Hold, HoldState, VerificationRun
from ledger.verification.schema import guarding_role, missing_guards
from locations.formatting.dates import format_date
from locations.models import Location
from locations.models.jobs import LOST_LEASE, JobState
from reports.models import AlertMail, Report

FINE, ACT, NOTE = "fine", "act", "note"

# The ledger is verified every night; after this long one night was missed.
VERIFIED_WITHIN = dt.timedelta(hours=26)
# The tasks run every minute, renewals every ten: after this long no worker does them.
LATE_HOLD = dt.timedelta(minutes=10)
LATE_RENEWAL = dt.timedelta(hours=1)
LATE_REPORT = dt.timedelta(minutes=30)
LATE_MAIL = dt.timedelta(hours=1)
RECENT = dt.timedelta(days=7)
QUEUES = ("celery", "reports")
LONG_QUEUE = 1_000
BROKER_SECONDS = 2  # the same as in /healthz, so that the two agree


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """`page` is the URL name of an admin page, `query` its query string."""

    name: str
    state: str
    text: str
    page: str = ""
    query: str = ""


def run_checks(*, at: dt.datetime) -> list[HealthCheck]:
    return [
        _check_last_run(at),
        _check_locations(),
        _check_guards(),
        _check_role(),
        _check_holds(at),
        _check_renewals(at),
        *_check_reports(at),
        _check_mails(at),
        _check_queues(),
    ]


def _state(is_bad: object) -> str:
    return ACT if is_bad else FINE


def _fill(text: str, number: int) -> str:
    return text % {"number": number_format(number)}


def _check_last_run(at: dt.datetime) -> HealthCheck:
    name, page = _("Last verification"), "admin:ledger_verificationrun_changelist"
    run = VerificationRun.objects.filter(location=None).order_by("-id").first()
    if run is None:
        return HealthCheck(name, *_describe_first_run(at), page)
    text = _("%(when)s. Entries: %(entries)s, locations: %(locations)s, broken rules: %(broken)s.")
    text %= {
        "when": _("%(time)s ago") % {"time": timesince(run.started_at, at)},
        "entries": number_format(run.entries),
        "locations": number_format(run.locations),
        "broken": number_format(run.breaches),
    }
    is_bad = at - run.started_at > VERIFIED_WITHIN or run.breaches
    return HealthCheck(name, _state(is_bad), text, page)


def _describe_first_run(at: dt.datetime) -> tuple[str, str]:
    """State and text if there was no run: a new installation, or a missed night."""
    migrations = MigrationRecorder.Migration.objects.filter(app="ledger")
    ready_at = migrations.aggregate(at=Min("applied"))["at"]
    if ready_at is None or at - ready_at > VERIFIED_WITHIN:
        return ACT, _("Never of all locations: beat does it every night, or run verify_ledger.")
    schedule = settings.CELERY_BEAT_SCHEDULE["verify-ledger"]["schedule"]
    first_at = at.astimezone(dt.UTC).replace(
        hour=min(schedule.hour), minute=min(schedule.minute), second=0, microsecond=0
    )
    if first_at <= at:
        first_at += dt.timedelta(days=1)
    text = _("Not yet: the first is on %(when)s UTC; verify_ledger does it now.")
    return NOTE, text % {"when": format_date(first_at, "j M Y, H:i")}


def _check_locations() -> HealthCheck:
    counts = Location.objects.aggregate(
        broken=Count("pk", filter=Q(verification__isnull=False) & ~Q(verification__breaches=[])),
        never=Count("pk", filter=Q(verification__isnull=True)),
        oldest=Min("verification__at"),
    )
    broken, never, oldest = counts["broken"], counts["never"], counts["oldest"]
    text = ngettext(
        "%(number)s location breaks a rule.", "%(number)s locations break a rule.", broken
    )
    sentences = [_fill(text, broken)]
    if never:
        text = ngettext(
            "%(number)s has not been verified yet.", "%(number)s have not been verified yet.", never
        )
        sentences.append(_fill(text, never))
    if oldest:
        when = format_date(oldest, "j M Y, H:i")
        sentences.append(_("The oldest result is of %(when)s UTC.") % {"when": when})
    page = "admin:ledger_verification_changelist"
    return HealthCheck(_("Locations"), _state(broken), " ".join(sentences), page)


def _check_guards() -> HealthCheck:
    missing = list(missing_guards())
    text = "; ".join(missing[:5]) if missing else _("Every constraint, trigger and key is there.")
    return HealthCheck(_("Guards of the database"), _state(missing), text)


def _check_role() -> HealthCheck:
    if guarding_role() is None:
        return HealthCheck(_("Database role"), FINE, _("It cannot switch a guard off."))
    text = _("It could switch guards off: deploy/README.md has the roles of production.")
    return HealthCheck(_("Database role"), ACT if settings.PRODUCTION else NOTE, text)


def _check_holds(at: dt.datetime) -> HealthCheck:
    late = Hold.objects.filter(state=HoldState.OPEN, expires_at__lt=at - LATE_HOLD).count()
    text = ngettext(
        "%(number)s is over and not written down.",
        "%(number)s are over and not written down.",
        late,
    )
    page = "admin:ledger_hold_changelist"
    return HealthCheck(_("Holds"), _state(late), _fill(text, late), page, "state__exact=open")


def _check_renewals(at: dt.datetime) -> HealthCheck:
    late = Balance.objects.filter(is_renewal_due(at - LATE_RENEWAL)).count()
    text = ngettext(
        "%(number)s location waits for its renewal.",
        "%(number)s locations wait for their renewal.",
        late,
    )
    page = "admin:ledger_balance_renewals"
    return HealthCheck(_("Renewals"), _state(late), _fill(text, late), page)


def _check_reports(at: dt.datetime) -> Iterator[HealthCheck]:
    counts = Report.objects.aggregate(
        waiting=Count("pk", filter=Q(state=JobState.QUEUED, requested_at__lt=at - LATE_REPORT)),
        lost=Count("pk", filter=LOST_LEASE),
        failed=Count("pk", filter=Q(state=JobState.FAILED, finished_at__gte=at - RECENT)),
    )
    page = "admin:reports_report_changelist"
    stuck, failed = counts["waiting"] + counts["lost"], counts["failed"]
    text = ngettext(
        "%(number)s waits too long or was left.", "%(number)s wait too long or were left.", stuck
    )
    yield HealthCheck(_("Stuck reports"), _state(stuck), _fill(text, stuck), page)
    text = ngettext(
        "%(number)s failed in the last 7 days.", "%(number)s failed in the last 7 days.", failed
    )
    query = "state__exact=failed"
    yield HealthCheck(_("Failed reports"), _state(failed), _fill(text, failed), page, query)


def _check_mails(at: dt.datetime) -> HealthCheck:
    given_up = Q(next_try_at=None, crossed_at__gte=at - RECENT) & ~Q(error="")
    counts = AlertMail.objects.filter(sent_at=None).aggregate(
        late=Count("pk", filter=Q(next_try_at__lt=at - LATE_MAIL)),
        trying=Count("pk", filter=Q(next_try_at__isnull=False, attempts__gt=0)),
        given_up=Count("pk", filter=given_up),
    )
    text = _("%(late)s overdue, %(trying)s tried again, %(given_up)s given up in 7 days.")
    text %= {name: number_format(count) for name, count in counts.items()}
    state = _state(counts["late"] or counts["given_up"])
    return HealthCheck(_("Mails of alerts"), state, text, "admin:reports_alertmail_changelist")


def _check_queues() -> HealthCheck:
    try:
        broker = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=BROKER_SECONDS,
            socket_timeout=BROKER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        with broker:
            lengths = {name: int(broker.llen(name)) for name in QUEUES}
    except (redis.RedisError, OSError):
        text = _("Redis does not answer: reports and mails wait; charging does not.")
        return HealthCheck(_("Queues"), ACT, text)
    queues = ", ".join(f"{name} {number_format(length)}" for name, length in lengths.items())
    state = _state(max(lengths.values()) > LONG_QUEUE)
    return HealthCheck(_("Queues"), state, _("Tasks that wait: %(queues)s.") % {"queues": queues})
