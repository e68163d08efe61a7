"""What the schedule does for estimates of long lists: none stays stuck, no list stays behind."""

import datetime as dt
import logging

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from locations.jobs import QUEUED_AGAIN_AFTER, TASK_EXPIRES_SECONDS, queue
from locations.models.jobs import MAX_ATTEMPTS, UNFINISHED, JobState
from reports.estimates.jobs import TASK
from reports.jobs import LOST_LEASE, remove_file
from reports.models import LongEstimate

log = logging.getLogger(__name__)


def sweep(*, at: dt.datetime) -> None:
    """Run every minute; late, twice at once or never for a while does no harm."""
    give_up(at=at)
    queue_again(at=at)
    delete_lists()
    forget_old(at=at)


def give_up(*, at: dt.datetime) -> int:
    """Fail what killed its worker again and again, and what no worker has come to for long."""
    killed = LOST_LEASE & Q(attempts__gte=MAX_ATTEMPTS)
    waiting = Q(state=JobState.QUEUED, requested_at__lt=_kept_since(at))
    given_up = 0
    for asked in LongEstimate.objects.filter(killed | waiting).only("pk", "language", "state"):
        with override(asked.language):
            failure = (
                _("Nobody came to it in time. Try again later.")
                if asked.state == JobState.QUEUED
                else _("The work on it was interrupted again and again. Try a shorter list.")
            )
        # Asked again: it may have been taken up, or have come to its end, since it was read.
        given_up += LongEstimate.objects.filter(killed | waiting, pk=asked.pk).update(
            state=JobState.FAILED, failure=failure, finished_at=at, leased_until=None
        )
    return given_up


def queue_again(*, at: dt.datetime) -> int:
    """Queue what waits although its task may be lost, and what a dead worker left."""
    waiting = Q(state=JobState.QUEUED, requested_at__lt=at - QUEUED_AGAIN_AFTER)
    left = LOST_LEASE & Q(attempts__lt=MAX_ATTEMPTS)
    queued = 0
    for asked in LongEstimate.objects.filter(waiting | left).order_by("requested_at").only("pk"):
        if not queue(TASK, str(asked.pk), expires_seconds=TASK_EXPIRES_SECONDS):
            break
        queued += 1
    return queued


def delete_lists() -> None:
    """The lists of what is over: of a killed worker's, and those that a disk kept back before."""
    over = LongEstimate.objects.exclude(state__in=UNFINISHED).exclude(list_file="")
    for asked in over.only("pk", "list_file", "state"):
        if remove_file(asked.list_file):
            log.info("estimate %s, %s: its list is deleted", asked.pk, asked.state)
            LongEstimate.objects.filter(pk=asked.pk).update(list_file="")


def forget_old(*, at: dt.datetime) -> int:
    """Delete what was found some hours ago, and what somebody had forgotten."""
    old = Q(finished_at__lt=_kept_since(at)) | Q(state=JobState.CANCELLED)
    over = LongEstimate.objects.exclude(state__in=UNFINISHED)
    return over.filter(old, list_file="").delete()[0]


def _kept_since(at: dt.datetime) -> dt.datetime:
    return at - dt.timedelta(hours=settings.ESTIMATE_RETENTION_HOURS)
