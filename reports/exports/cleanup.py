import datetime as dt
import logging

from django.conf import settings
from django.db.models import Q

from locations import jobs
from locations.models.jobs import JobState
from reports.exports import temp_dirs
from reports.models import Report

log = logging.getLogger(__name__)


def clean_up(*, at: dt.datetime) -> None:
    """Safe to run late, twice at once or not for a while."""
    expire(at=at)
    delete_leftovers(at=at)


def expire(*, at: dt.datetime) -> int:
    retained_since = at - dt.timedelta(days=settings.REPORT_RETENTION_DAYS)
    return Report.objects.filter(state=JobState.READY, finished_at__lt=retained_since).update(
        state=JobState.EXPIRED
    )


def delete_leftovers(*, at: dt.datetime) -> None:
    """The state changes before the file is deleted: the next run does what failed in between."""
    # The builder deletes the file of a cancelled report, unless it was killed.
    over = Q(state__in=[JobState.EXPIRED, JobState.FAILED, JobState.CANCELLED])
    for report in Report.objects.filter(over).exclude(file=""):
        if jobs.delete_file(report.file):
            log.info("report %s, %s: its file is deleted", report.pk, report.state)
            Report.objects.filter(over, pk=report.pk).update(file="")
    temp_dirs.delete_dead(at=at)
