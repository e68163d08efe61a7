"""Background jobs: queued, claimed under a lease, run, and queued again when a worker died.

A claim adds one to `attempts` and takes a lease. Every later write names that number, so a worker
that lost its lease changes nothing.
"""

import datetime as dt
import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread
from typing import Any, TypeVar

from celery import current_app
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override
from kombu.exceptions import OperationalError

from locations.models.jobs import MAX_ATTEMPTS, UNFINISHED, Job, JobQuerySet, JobState

LEASE = dt.timedelta(minutes=2)
HEARTBEAT_SECONDS = 1.0
BACKGROUND_HEARTBEAT_SECONDS = LEASE.total_seconds() / 4
# A job that waits longer may never have been queued. Requeued tasks expire before long, so that
# few of them pile up while no worker runs.
REQUEUE_AFTER = dt.timedelta(minutes=1)
TASK_EXPIRES_SECONDS = 120
# Seconds; a broker that refuses, or that does not answer at all, costs at most some two.
IMPATIENT = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.1,
}
# How often a page reads the state of its jobs while the youngest is younger than that.
POLL_SECONDS = ((dt.timedelta(minutes=1), 2), (dt.timedelta(minutes=10), 5))
SLOW_POLL_SECONDS = 15

Clock = Callable[[], dt.datetime]
J = TypeVar("J", bound=Job)
log = logging.getLogger(__name__)


class InvalidRequest(Exception):
    """A job is not accepted; the text is for the user."""


class LeaseLost(Exception):
    """Another worker has the job, or it was cancelled."""


class JobFailed(Exception):
    """The job cannot be done; the text is for the user, and nothing is logged."""


class Lease:
    """Renewed over its own connection: the job's may be inside one long read-only transaction."""

    RENEW = """
        UPDATE {table}
           SET leased_until = now() + %s * interval '1 second',
               rows_done = %s, rows_total = coalesce(%s, rows_total)
         WHERE id = %s AND state = %s AND attempts = %s
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._connection = connection.copy()
        self._connection.inc_thread_sharing()
        self._renewed = time.monotonic()
        self._rows_done = 0

    def renew(self, rows_done: int, rows_total: int | None = None) -> None:
        """Renew the lease and save the progress; raises LeaseLost."""
        job = self._job
        values = [LEASE.total_seconds(), rows_done, rows_total]
        with self._connection.cursor() as cursor:
            cursor.execute(
                self.RENEW.format(table=job._meta.db_table),
                [*values, job.pk, JobState.RUNNING, job.attempts],
            )
            if cursor.rowcount != 1:
                raise LeaseLost
        self._renewed = time.monotonic()
        self._rows_done = rows_done

    def heartbeat(self, rows_done: int | None = None) -> None:
        """Renew, at most once a second; without a count the progress stays as it is."""
        if time.monotonic() - self._renewed >= HEARTBEAT_SECONDS:
            self.renew(self._rows_done if rows_done is None else rows_done)

    @contextmanager
    def background_heartbeat(self) -> Iterator[None]:
        stopped = Event()

        def renew() -> None:
            while not stopped.wait(BACKGROUND_HEARTBEAT_SECONDS):
                try:
                    self.renew(self._rows_done)
                except LeaseLost:
                    return
                except (DatabaseError, InterfaceError) as error:
                    log.warning("%s: its lease is not renewed: %s", _name(self._job), error)
                    self._connection.close()

        thread = Thread(target=renew, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def close(self) -> None:
        self._connection.close()


def enqueue(job_class: type[Job], pk: object, *, expires_seconds: int | None = None) -> bool:
    job_id = pk if isinstance(pk, int) else str(pk)
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as broker:
            current_app.send_task(
                job_class.task,
                args=[job_id],
                expires=expires_seconds,
                connection=broker,
                retry=False,
            )
    except (OperationalError, OSError) as error:
        log.warning("%s %s is not queued and will be requeued: %s", job_class.task, pk, error)
        return False
    return True


def claim(job_class: type[J], pk: object, *, at: dt.datetime, **values: Any) -> J | None:
    claimed = (
        job_class.objects.claimable()
        .filter(pk=pk)
        .update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            started_at=at,
            leased_until=Now() + LEASE,
            rows_done=0,
            rows_total=None,
            **values,
        )
    )
    return job_class.objects.get(pk=pk) if claimed else None


def run(
    job_class: type[J],
    pk: object,
    work: Callable[[J, Lease], None],
    *,
    clock: Clock,
    explain: Callable[[Exception], str] | None = None,
) -> J | None:
    job = claim(job_class, pk, at=clock())
    if job is not None:
        run_claimed(job, work, clock=clock, explain=explain)
    return job


def run_claimed(
    job: J,
    work: Callable[[J, Lease], None],
    *,
    clock: Clock,
    explain: Callable[[Exception], str] | None = None,
) -> None:
    """The job stays running where its lease was lost or the database is gone."""
    with closing(Lease(job)) as lease, override(job.message_language):
        try:
            work(job, lease)
        except LeaseLost:
            log.warning("%s: attempt %d lost its lease", _name(job), job.attempts)
        except JobFailed as failed:
            fail(job, str(failed), at=clock())
        except Exception as error:
            _log_error(job, error)
            fail(job, (explain or explain_error)(error), at=clock())


def explain_error(error: Exception) -> str:
    return _("Something went wrong (%s); it is in the log.") % type(error).__name__


def finish(job: Job, *, at: dt.datetime, **results: Any) -> None:
    """Save the results; raises LeaseLost."""
    if not _own(job).update(
        state=JobState.READY, finished_at=at, leased_until=None, failure="", **results
    ):
        raise LeaseLost
    job.state = JobState.READY


def fail(job: Job, failure: str, *, at: dt.datetime, **values: Any) -> None:
    try:
        failed = _own(job).update(
            state=JobState.FAILED,
            failure=failure[:300],
            finished_at=at,
            leased_until=None,
            **values,
        )
    except (DatabaseError, InterfaceError) as error:
        # The lease runs out, and the job is run again or given up.
        log.error("%s: its failure is not saved: %s", _name(job), type(error).__name__)
        connection.close()
    else:
        job.state = JobState.FAILED if failed else job.state


def cancel(job: Job, *, at: dt.datetime, **values: Any) -> bool:
    unfinished = type(job).objects.filter(pk=job.pk, state__in=UNFINISHED)
    return bool(
        unfinished.update(state=JobState.CANCELLED, finished_at=at, leased_until=None, **values)
    )


def requeue_stale_jobs(*, at: dt.datetime) -> None:
    """Safe to run late or twice: fails jobs interrupted too often, queues those that are stale."""
    job_classes = [model for model in apps.get_models() if issubclass(model, Job)]
    for job_class in job_classes:
        fail_interrupted(job_class, at=at)
    for job_class in job_classes:
        for pk in stale_jobs(job_class, at=at).values_list("pk", flat=True):
            if not enqueue(job_class, pk, expires_seconds=TASK_EXPIRES_SECONDS):
                return


def fail_interrupted(job_class: type[Job], *, at: dt.datetime) -> int:
    interrupted = job_class.objects.lost().filter(attempts__gte=MAX_ATTEMPTS)
    return sum(
        interrupted.filter(pk=job.pk).update(
            state=JobState.FAILED,
            failure=job.interrupted_message(),
            finished_at=at,
            leased_until=None,
        )
        for job in interrupted.only("pk")
    )


def stale_jobs(job_class: type[Job], *, at: dt.datetime) -> JobQuerySet:
    claimable = job_class.objects.claimable()
    return claimable.filter(requested_at__lt=at - REQUEUE_AFTER).order_by("requested_at")


def poll_seconds(jobs: Iterable[Job], *, at: dt.datetime) -> int | None:
    ages = [at - job.requested_at for job in jobs if job.is_unfinished]
    if not ages:
        return None
    return next((wait for age, wait in POLL_SECONDS if min(ages) < age), SLOW_POLL_SECONDS)


def delete_file(name: str) -> bool:
    try:
        default_storage.delete(name)
    except Exception as error:  # an object storage has errors of its own
        log.warning("the file %s cannot be deleted now: %s", name, error)
        return False
    return True


def _own(job: J) -> Any:
    return type(job).objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def _name(job: Job) -> str:
    return f"{job._meta.model_name} {job.pk}"


def _log_error(job: Job, error: Exception) -> None:
    if job.has_personal_data:
        # The text of the error may contain a phone number.
        trace = "".join(traceback.format_tb(error.__traceback__))
        kind = type(error).__name__
        log.warning("%s: attempt %d: %s\n%s", _name(job), job.attempts, kind, trace)
    else:
        log.exception("%s: attempt %d failed", _name(job), job.attempts)
