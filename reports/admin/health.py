"""Whether the ledger is well: what was proved, what is overdue, what waits. Red is for acting."""

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
from locations.models.jobs import JobState
from reports.jobs import LOST_LEASE
from reports.models import AlertMail, Report

FINE, ACT, NOTE = "fine", "act", "note"

# Beat proves the ledger every night: after so long one night was missed.
VERIFIED_WITHIN = dt.timedelta(hours=26)
# Beat runs every minute, renewals every ten: what is later than this, nobody is doing.
LATE_HOLD = dt.timedelta(minutes=10)
LATE_RENEWAL = dt.timedelta(hours=1)
LATE_REPORT = dt.timedelta(minutes=30)
LATE_MAIL = dt.timedelta(hours=1)
RECENT = dt.timedelta(days=7)
QUEUES = ("celery", "reports")
LONG_QUEUE = 1_000
BROKER_SECONDS = 2  # as long as /healthz waits, that the two may agree


@dataclass(frozen=True, slots=True)
class Check:
    """One line; `page` is the name of a page of the desk, `query` what it is narrowed to."""

    name: str
    state: str
    words: str
    page: str = ""
    query: str = ""


def checks(*, at: dt.datetime) -> list[Check]:
    """All of them as of the instant `at`, in a fixed number of queries."""
    return [
        _last_run(at),
        _locations(),
        _guards(),
        _role(),
        _holds(at),
        _renewals(at),
        *_reports(at),
        _mails(at),
        *_queues(),
    ]


def _state(bad: object) -> str:
    return ACT if bad else FINE


def _ago(then: dt.datetime, at: dt.datetime) -> str:
    return _("%(time)s ago") % {"time": timesince(then, at)}


def _last_run(at: dt.datetime) -> Check:
    name, page = _("Last verification"), "admin:ledger_verificationrun_changelist"
    run = VerificationRun.objects.filter(location=None).order_by("-id").first()
    if run is None:
        return Check(name, *_never_verified(at), page)
    words = _(
        "%(when)s. Entries: %(entries)s, locations: %(locations)s, broken rules: %(broken)s."
    ) % {
        "when": _ago(run.started_at, at),
        "entries": number_format(run.entries),
        "locations": number_format(run.locations),
        "broken": number_format(run.breaches),
    }
    return Check(name, _state(at - run.started_at > VERIFIED_WITHIN or run.breaches), words, page)


def _never_verified(at: dt.datetime) -> tuple[str, str]:
    """State and words: new, which is nothing to act upon, or a night has been missed."""
    ready_at = MigrationRecorder.Migration.objects.filter(app="ledger").aggregate(
        at=Min("applied")
    )["at"]
    if ready_at is None or at - ready_at > VERIFIED_WITHIN:
        return ACT, _("Never of all locations: beat does it every night, or run verify_ledger.")
    schedule = settings.CELERY_BEAT_SCHEDULE["verify-ledger"]["schedule"]
    first_at = at.astimezone(dt.UTC).replace(
        hour=min(schedule.hour), minute=min(schedule.minute), second=0, microsecond=0
    )
    if first_at <= at:
        first_at += dt.timedelta(days=1)
    words = _("Not yet: the first is on %(when)s UTC; verify_ledger does it now.")
    return NOTE, words % {"when": format_date(first_at, "j M Y, H:i")}


def _locations() -> Check:
    found = Location.objects.aggregate(
        broken=Count("pk", filter=Q(verification__isnull=False) & ~Q(verification__breaches=[])),
        never=Count("pk", filter=Q(verification__isnull=True)),
        oldest=Min("verification__at"),
    )
    parts = [
        ngettext(
            "%(number)s location breaks a rule.", "%(number)s locations break a rule.",
            found["broken"],
        )
        % {"number": number_format(found["broken"])},
    ]  # fmt: skip
    if found["never"]:
        words = ngettext(
            "%(number)s has not been verified yet.",
            "%(number)s have not been verified yet.",
            found["never"],
        )
        parts.append(words % {"number": number_format(found["never"])})
    if found["oldest"]:
        oldest = format_date(found["oldest"], "j M Y, H:i")
        parts.append(_("The oldest result is of %(when)s UTC.") % {"when": oldest})
    page = "admin:ledger_verification_changelist"
    return Check(_("Locations"), _state(found["broken"]), " ".join(parts), page)


def _guards() -> Check:
    missing = list(missing_guards())
    words = "; ".join(missing[:5]) if missing else _("Every constraint, trigger and key is there.")
    return Check(_("Guards of the database"), _state(missing), words)


def _role() -> Check:
    weakness = guarding_role()
    if weakness is None:
        return Check(_("Database role"), FINE, _("It cannot switch a guard off."))
    words = _("It could switch guards off: deploy/README.md has the roles of production.")
    return Check(_("Database role"), ACT if settings.PRODUCTION else NOTE, words)


def _holds(at: dt.datetime) -> Check:
    late = Hold.objects.filter(state=HoldState.OPEN, expires_at__lt=at - LATE_HOLD).count()
    words = ngettext(
        "%(number)s is over and not written down.",
        "%(number)s are over and not written down.",
        late,
    ) % {"number": number_format(late)}
    page = "admin:ledger_hold_changelist"
    return Check(_("Holds"), _state(late), words, page, "state__exact=open")


def _renewals(at: dt.datetime) -> Check:
    late = Balance.objects.filter(is_renewal_due(at - LATE_RENEWAL)).count()
    words = ngettext(
        "%(number)s location waits for its renewal.",
        "%(number)s locations wait for their renewal.",
        late,
    ) % {"number": number_format(late)}
    return Check(_("Renewals"), _state(late), words, "admin:ledger_balance_renewals")


def _reports(at: dt.datetime) -> Iterator[Check]:
    found = Report.objects.aggregate(
        waiting=Count("pk", filter=Q(state=JobState.QUEUED, requested_at__lt=at - LATE_REPORT)),
        lost=Count("pk", filter=LOST_LEASE),
        failed=Count("pk", filter=Q(state=JobState.FAILED, finished_at__gte=at - RECENT)),
    )
    page = "admin:reports_report_changelist"
    stuck = found["waiting"] + found["lost"]
    words = ngettext(
        "%(number)s waits too long or was left.", "%(number)s wait too long or were left.", stuck
    )
    yield Check(_("Stuck reports"), _state(stuck), words % {"number": number_format(stuck)}, page)
    words = ngettext(
        "%(number)s failed in the last 7 days.", "%(number)s failed in the last 7 days.",
        found["failed"],
    )  # fmt: skip
    words %= {"number": number_format(found["failed"])}
    yield Check(_("Failed reports"), _state(found["failed"]), words, page, "state__exact=failed")


def _mails(at: dt.datetime) -> Check:
    unsent = AlertMail.objects.filter(sent_at=None)
    given_up = Q(next_try_at=None, crossed_at__gte=at - RECENT) & ~Q(error="")
    found = unsent.aggregate(
        late=Count("pk", filter=Q(next_try_at__lt=at - LATE_MAIL)),
        trying=Count("pk", filter=Q(next_try_at__isnull=False, attempts__gt=0)),
        given_up=Count("pk", filter=given_up),
    )
    words = _("%(late)s overdue, %(trying)s tried again, %(given_up)s given up in 7 days.") % {
        key: number_format(number) for key, number in found.items()
    }
    bad = found["late"] or found["given_up"]
    return Check(_("Mails of alerts"), _state(bad), words, "admin:reports_alertmail_changelist")


def _queues() -> Iterator[Check]:
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
        words = _("Redis does not answer: reports and mails wait; charging does not.")
        yield Check(_("Queues"), ACT, words)
        return
    waiting = ", ".join(f"{name} {number_format(length)}" for name, length in lengths.items())
    yield Check(
        _("Queues"),
        _state(max(lengths.values()) > LONG_QUEUE),
        _("Tasks that wait: %(queues)s.") % {"queues": waiting},
    )
