import datetime as dt
import logging

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from locations import jobs
from locations.models.jobs import UNFINISHED, JobState
from reports.models import LongEstimate

log = logging.getLogger(__name__)


def clean_up(*, at: dt.datetime) -> None:
    retained_since = at - dt.timedelta(hours=settings.ESTIMATE_RETENTION_HOURS)
    fail_unstarted(retained_since, at=at)
    delete_lists()
    delete_old(retained_since)


def fail_unstarted(since: dt.datetime, *, at: dt.datetime) -> None:
    unstarted = LongEstimate.objects.filter(state=JobState.QUEUED, requested_at__lt=since)
    for job in unstarted.only("pk", "language"):
        with override(job.language):
            failure = _("Nobody came to it in time. Try again later.")
        # Filter by state again: a worker may have claimed the job since we read it.
        unstarted.filter(pk=job.pk).update(state=JobState.FAILED, failure=failure, finished_at=at)


def delete_lists() -> None:
    over = LongEstimate.objects.exclude(state__in=UNFINISHED).exclude(list_file="")
    for job in over.only("pk", "list_file", "state"):
        if jobs.delete_file(job.list_file):
            log.info("estimate %s, %s: its list is deleted", job.pk, job.state)
            LongEstimate.objects.filter(pk=job.pk).update(list_file="")


def delete_old(since: dt.datetime) -> None:
    old = Q(finished_at__lt=since) | Q(state=JobState.CANCELLED)
    LongEstimate.objects.exclude(state__in=UNFINISHED).filter(old, list_file="").delete()
