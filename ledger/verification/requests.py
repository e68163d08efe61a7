"""Verifications that staff ask for: a worker proves a location, or all of them, now."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.models import VerificationRequest
from ledger.verification import verify
from locations import jobs
from locations.jobs import LEASE, Lease, LeaseLost
from locations.models import Location, User
from locations.models.jobs import JobState

VERIFY_TASK = "ledger.tasks.verify_as_asked"
# One question to a large ledger may take longer than a lease lasts.
RENEW_SECONDS = LEASE.total_seconds() / 4

Clock = Callable[[], dt.datetime]
log = logging.getLogger(__name__)


def ask(location: Location | None, *, requested_by: User, at: dt.datetime) -> VerificationRequest:
    """Have a location verified, or all of them; one that is under way already is the answer."""
    unfinished = VerificationRequest.objects.filter(
        location=location, state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    with transaction.atomic():
        # A double click: the database keeps one of the two, whoever commits first.
        VerificationRequest.objects.bulk_create(
            [VerificationRequest(location=location, requested_by=requested_by, requested_at=at)],
            ignore_conflicts=True,
        )
        request = unfinished.first() or newest(location)
        assert request is not None  # noqa: S101
        transaction.on_commit(lambda: jobs.queue(VERIFY_TASK, request.pk))
    return request


def newest(location: Location | None) -> VerificationRequest | None:
    """What was asked for last, of this location or of all of them."""
    requests = VerificationRequest.objects.filter(location=location)
    return requests.select_related("requested_by", "run").order_by("-id").first()


def carry_out(request_id: int, *, clock: Clock) -> None:
    """Do what was asked for; twice, late or by two workers at once does no harm."""
    request = jobs.claim(VerificationRequest, request_id, at=clock())
    if request is None:
        return
    with closing(Lease(request)) as lease, _kept(lease):
        try:
            started_at = clock()
            verified = verify.look(request.location_id)
            with transaction.atomic():
                run = verify.keep(verified, started_at=started_at, finished_at=clock())
                jobs.finish(request, at=clock(), run=run)
        except LeaseLost:
            log.warning("verification %s: attempt %d lost its lease", request_id, request.attempts)
        except Exception as problem:
            log.exception("verification %s failed", request_id)
            reason = _("Something went wrong (%s); it is in the log.") % type(problem).__name__
            jobs.fail(request, reason, at=clock())


@contextmanager
def _kept(lease: Lease) -> Iterator[None]:
    """The lease is renewed meanwhile, from a thread: a worker that is dead renews nothing."""
    over = Event()

    def renew() -> None:
        while not over.wait(RENEW_SECONDS):
            try:
                lease.renew(0)
            except LeaseLost:
                return

    thread = Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# --- The schedule's part ----------------------------------------------------------------------


def sweep(*, at: dt.datetime) -> None:
    """Run every minute; late, twice at once or never for a while does no harm."""
    jobs.give_up(VerificationRequest, at=at)
    for request_id in jobs.waiting(VerificationRequest, at=at):
        if not jobs.queue(VERIFY_TASK, request_id, expires_seconds=jobs.TASK_EXPIRES_SECONDS):
            break
