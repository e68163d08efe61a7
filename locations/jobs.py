"""Work that a worker does: claimed, leased, written down as done or failed, swept.

The row says who works: a claim counts `attempts` up and takes a lease; every later write names
the count, so that a worker which lost its lease changes nothing. Leases are measured by the
database's clock, whatever the clocks of the workers show.
"""

import datetime as dt
import logging
import time
from typing import Any, TypeVar

from celery import current_app
from django.db import connection
from django.db.models import F, Model
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from locations.models.jobs import MAX_ATTEMPTS, Job, JobState

LEASE = dt.timedelta(minutes=2)

PROGRESS_SECONDS = 1.0
# What waits longer may never have been queued. What the sweep queues expires before long:
# however many sweeps run while no worker does, few tasks are left for it.
QUEUED_AGAIN_AFTER = dt.timedelta(minutes=1)
TASK_EXPIRES_SECONDS = 120
# Seconds; a broker that refuses, or that does not answer at all, costs at most some two.
IMPATIENT = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.1,
}

W = TypeVar("W", bound=Job)
log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker does this by now, or it is no longer wanted."""


class Lease:
    """A worker's hold on its row, renewed over a connection of its own, from any thread.

    The work's connection may sit inside one read-only transaction all the time, and a storage may
    read what it uploads in threads of its own. The row has the columns of `Job`.
    """

    RENEW = """
        UPDATE {table}
           SET leased_until = now() + %s * interval '1 second',
               rows_done = %s, rows_total = coalesce(%s, rows_total)
         WHERE id = %s AND state = %s AND attempts = %s
    """

    def __init__(self, row: Any) -> None:
        self._row = row
        self._connection = connection.copy()
        self._connection.inc_thread_sharing()
        self._renewed = time.monotonic()
        self._rows_done = 0

    def renew(self, rows_done: int, rows_total: int | None = None) -> None:
        """Keep the row and show how far it is; raises LeaseLost."""
        row = self._row
        values = [LEASE.total_seconds(), rows_done, rows_total]
        with self._connection.cursor() as cursor:
            cursor.execute(
                self.RENEW.format(table=row._meta.db_table),
                [*values, row.pk, JobState.RUNNING, row.attempts],
            )
            if cursor.rowcount != 1:
                raise LeaseLost
        self._renewed = time.monotonic()
        self._rows_done = rows_done

    def renew_now_and_then(self, rows_done: int | None = None) -> None:
        """The same, not too often; without a count the one before stays."""
        if time.monotonic() - self._renewed >= PROGRESS_SECONDS:
            self.renew(self._rows_done if rows_done is None else rows_done)

    def close(self) -> None:
        self._connection.close()


def claim(model: type[W], pk: int, *, at: dt.datetime) -> W | None:
    """Take the work of this row; None where somebody has it, or nobody wants it any more."""
    taken = (
        model.objects.claimable()
        .filter(pk=pk)
        .update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            started_at=at,
            leased_until=Now() + LEASE,
            rows_done=0,
            rows_total=None,
        )
    )
    return model.objects.get(pk=pk) if taken else None


def finish(row: Job, *, at: dt.datetime, **results: Any) -> None:
    """Write down what came of it; raises LeaseLost."""
    if not _mine(row).update(
        state=JobState.READY, finished_at=at, leased_until=None, failure="", **results
    ):
        raise LeaseLost


def fail(row: Job, reason: str, *, at: dt.datetime) -> None:
    """Write down why nothing came of it, in words for whoever waits."""
    _mine(row).update(
        state=JobState.FAILED, failure=reason[:300], finished_at=at, leased_until=None
    )


def give_up(model: type[W], *, at: dt.datetime) -> int:
    """Fail what has been started often enough and never came to an end."""
    return (
        model.objects.lost()
        .filter(attempts__gte=MAX_ATTEMPTS)
        .update(
            state=JobState.FAILED,
            failure=_("It was interrupted %s times.") % MAX_ATTEMPTS,
            finished_at=at,
            leased_until=None,
        )
    )


def waiting(model: type[W], *, at: dt.datetime) -> list[int]:
    """What waits although its task may be lost, and what a dead worker left: for the sweep."""
    rows = model.objects.claimable().filter(requested_at__lt=at - QUEUED_AGAIN_AFTER)
    return list(rows.order_by("requested_at").values_list("pk", flat=True))


def queue(task: str, name: object, *, expires_seconds: int | None = None) -> bool:
    """Hand a task to a worker, and say whether the broker took it; `name` is its row's id.

    The connection is one of its own: the request that asked must not wait long for a broker
    that is down, while a worker may.
    """
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as broker:
            current_app.send_task(
                task, args=[name], expires=expires_seconds, connection=broker, retry=False
            )
    except (OperationalError, OSError) as problem:
        log.warning("%s %s is not queued, the sweep will do it: %s", task, name, problem)
        return False
    return True


def _mine(row: Job) -> Any:
    model: type[Model] = type(row)
    return model._default_manager.filter(pk=row.pk, state=JobState.RUNNING, attempts=row.attempts)
