"""Who builds which report: claims in a fair order, and the leases that are lost.

The report's row says who builds: a claim counts `attempts` up and takes a lease; every later
write of that build names the count, so that a worker which lost its lease changes nothing.
Leases are measured by the database's clock, whatever the clocks of the workers show.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from locations.jobs import LEASE
from locations.models.jobs import JobState
from reports.jobs import CLAIMABLE, remove_file
from reports.models import Report

MOST_AT_ONCE_HERE = 2  # builds of one location; REPORT_MAX_CONCURRENT_BUILDS is for all of them
CHOOSING = 7_465_001  # the advisory lock of whoever chooses


def claim_next(*, at: dt.datetime) -> Report | None:
    """Take the report whose turn it is, and remove what a dead worker left of its file.

    The location with the fewest builds comes first, then the one that has waited longest for
    a build, then the oldest report. None where nothing waits, or as many as may be are built.
    """
    with transaction.atomic(durable=True):
        # Two workers that choose at once would both find the last place free.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHOOSING])
        if _being_built().count() >= settings.REPORT_MAX_CONCURRENT_BUILDS:
            return None
        report = _in_turn().select_for_update(of=("self",)).first()
        if report is None:
            return None
        left_behind = report.file
        report.attempts += 1
        report.state = JobState.RUNNING
        report.started_at = at
        report.rows_done, report.rows_total = 0, None
        # Written down before there is one: whoever comes after us can remove it.
        report.file = f"reports/{uuid.uuid4()}.{report.format}"
        Report.objects.filter(pk=report.pk).update(
            state=report.state,
            attempts=report.attempts,
            started_at=at,
            leased_until=Now() + LEASE,
            rows_done=0,
            rows_total=None,
            file=report.file,
        )
    if left_behind:
        remove_file(left_behind)
    return report


def _being_built() -> QuerySet[Report]:
    return Report.objects.filter(state=JobState.RUNNING, leased_until__gte=Now())


def _in_turn() -> QuerySet[Report]:
    """What may be built now, in the order in which it should be."""
    of_location = Report.objects.filter(location=OuterRef("location")).order_by()
    here = _being_built().filter(location=OuterRef("location")).order_by().values("location")
    last = of_location.values("location").annotate(last=Max("started_at")).values("last")
    return (
        Report.objects.filter(CLAIMABLE)
        .annotate(
            here=Coalesce(Subquery(here.annotate(n=Count("pk")).values("n")), 0),
            last_started_at=Subquery(last),
        )
        .filter(here__lt=MOST_AT_ONCE_HERE)
        .order_by("here", F("last_started_at").asc(nulls_first=True), "requested_at", "pk")
    )
