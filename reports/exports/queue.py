import datetime as dt
import uuid

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from locations import jobs
from locations.models.jobs import JobState
from reports.models import Report

MAX_BUILDS_PER_LOCATION = 2  # REPORT_MAX_CONCURRENT_BUILDS is for all of them
CHOOSING_LOCK = 7_465_001


def claim_next(*, at: dt.datetime) -> Report | None:
    """The location with the fewest builds comes first, then the one that has waited longest."""
    with transaction.atomic(durable=True):
        # Lock, so that two workers cannot both take the last slot.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHOOSING_LOCK])
        if _running().count() >= settings.REPORT_MAX_CONCURRENT_BUILDS:
            return None
        queued = _claimable_in_order().select_for_update(of=("self",)).first()
        if queued is None:
            return None
        # The name is saved before there is a file: the next worker can delete it.
        file = f"reports/{uuid.uuid4()}.{queued.format}"
        report = jobs.claim(Report, queued.pk, at=at, file=file)
    if report is not None and queued.file:
        jobs.delete_file(queued.file)
    return report


def _running() -> QuerySet[Report]:
    return Report.objects.filter(state=JobState.RUNNING, leased_until__gte=Now())


def _claimable_in_order() -> QuerySet[Report]:
    same_location = Report.objects.filter(location=OuterRef("location")).order_by()
    running = _running().filter(location=OuterRef("location")).order_by().values("location")
    last = same_location.values("location").annotate(last=Max("started_at")).values("last")
    return (
        Report.objects.claimable()
        .annotate(
            running=Coalesce(Subquery(running.annotate(n=Count("pk")).values("n")), 0),
            last_started_at=Subquery(last),
        )
        .filter(running__lt=MAX_BUILDS_PER_LOCATION)
        .order_by("running", F("last_started_at").asc(nulls_first=True), "requested_at", "pk")
    )
