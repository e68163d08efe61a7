"""What the schedule does for reports: nothing stays stuck, and nothing is kept for ever."""

import datetime as dt
import logging

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_noop

from locations.jobs import QUEUED_AGAIN_AFTER, TASK_EXPIRES_SECONDS
from locations.models.jobs import MAX_ATTEMPTS, JobState
from reports.exports import temp_dirs
from reports.exports.requests import queue
from reports.jobs import LOST_LEASE, remove_file
from reports.models import Report

log = logging.getLogger(__name__)


def sweep(*, at: dt.datetime) -> None:
    """Run every minute; late, twice at once or never for a while does no harm."""
    give_up(at=at)
    queue_again(at=at)
    expire(at=at)
    remove_leftovers(at=at)


def give_up(*, at: dt.datetime) -> int:
    """Fail what has been started often enough and never came to an end."""
    return Report.objects.filter(LOST_LEASE, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        # Read in whatever language its reader has; MAX_ATTEMPTS is two.
        failure=gettext_noop("Building it was interrupted 2 times."),
        finished_at=at,
        leased_until=None,
    )


def queue_again(*, at: dt.datetime) -> int:
    """Queue what waits although its task may be lost, and what a dead worker left."""
    waiting = Q(state=JobState.QUEUED, requested_at__lt=at - QUEUED_AGAIN_AFTER)
    left = LOST_LEASE & Q(attempts__lt=MAX_ATTEMPTS)
    queued = 0
    for report in Report.objects.filter(waiting | left).order_by("requested_at").only("pk"):
        if not queue(report.pk, expires_seconds=TASK_EXPIRES_SECONDS):
            break
        queued += 1
    return queued


def expire(*, at: dt.datetime) -> int:
    """Take back reports that have been kept long enough; their files go with the leftovers."""
    kept_since = at - dt.timedelta(days=settings.REPORT_RETENTION_DAYS)
    return Report.objects.filter(state=JobState.READY, finished_at__lt=kept_since).update(
        state=JobState.EXPIRED
    )


def remove_leftovers(*, at: dt.datetime) -> None:
    """Delete the files of reports that nobody can download any more, and dead builds' folders.

    The state changes before the file goes: whatever fails in between is done by the next sweep.
    """
    # Of a cancelled one the builder removes what there is, unless it was killed.
    gone = Q(state__in=[JobState.EXPIRED, JobState.FAILED, JobState.CANCELLED])
    for report in Report.objects.filter(gone).exclude(file=""):
        if remove_file(report.file):
            log.info("report %s, %s: its file is deleted", report.pk, report.state)
            Report.objects.filter(gone, pk=report.pk).update(file="")
    temp_dirs.remove_dead(at=at)
