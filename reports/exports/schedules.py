"""Scheduled reports: one for each whole week or month, however late the task runs."""

import datetime as dt
import logging
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from locations.models import Location, User
from locations.permissions import detail_readers, sees_masked_numbers
from reports.exports import requests
from reports.models import Every, ReportSchedule

MAX_SCHEDULES = 10  # of one location
DAY = dt.timedelta(days=1)

log = logging.getLogger(__name__)


class TooManySchedules(Exception):
    """The location has the maximum; the text is for the user."""

    def __init__(self) -> None:
        super().__init__(
            _("This location has %(most_schedules)s scheduled reports: stop one first.")
            % {"most_schedules": MAX_SCHEDULES}
        )


def create_schedule(
    location: Location,
    *,
    kind: str,
    format: str,
    every: str,
    recipients: Collection[User],
    created_by: User,
    at: dt.datetime,
) -> ReportSchedule:
    today = at.astimezone(location.zone).date()
    with transaction.atomic():
        # Lock, so that two concurrent requests cannot both take the last slot.
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
        if active_schedules(location).count() >= MAX_SCHEDULES:
            raise TooManySchedules
        schedule = ReportSchedule.objects.create(
            location=location,
            kind=kind,
            format=format,
            every=every,
            created_by=created_by,
            created_at=at,
            covered_through_on=Every(every).starts_on(today) - DAY,
        )
        schedule.recipients.set(recipients)
    return schedule


def active_schedules(location: Location) -> QuerySet[ReportSchedule]:
    return location.report_schedules.filter(stopped_at__isnull=True)


def stop_schedule(schedule: ReportSchedule, *, stopped_by: User | None, at: dt.datetime) -> bool:
    running = ReportSchedule.objects.filter(pk=schedule.pk, stopped_at__isnull=True)
    return bool(running.update(stopped_at=at, stopped_by=stopped_by))


def request_due_reports(*, at: dt.datetime) -> int:
    """Request the oldest missing period of each schedule; run often to make up for several."""
    # No location's day is further than this from UTC's.
    soon = at.date() + DAY
    running = ReportSchedule.objects.filter(stopped_at__isnull=True, covered_through_on__lt=soon)
    return sum(_request_if_due(pk, at=at) for pk in running.values_list("pk", flat=True))


def _request_if_due(pk: int, *, at: dt.datetime) -> bool:
    with transaction.atomic():
        # Two schedulers at once: the second finds the row locked and leaves it to the first.
        schedule = (
            ReportSchedule.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("location", "created_by")
            .filter(pk=pk, stopped_at__isnull=True)
            .first()
        )
        if schedule is None:
            return False
        first_on, last_on = schedule.next_period
        if last_on >= at.astimezone(schedule.location.zone).date():
            return False
        people = list(
            schedule.recipients.filter(pk__in=detail_readers(schedule.location).values("pk"))
        )
        if not people:
            log.info("schedule %s ends: nobody on its list may read it any more", pk)
            return not stop_schedule(schedule, stopped_by=None, at=at)
        try:
            _request(schedule, people, first_on, last_on, at=at)
        except requests.TooManyReports:
            log.info("schedule %s waits: its location has too many reports to build", pk)
            return False
        schedule.covered_through_on = last_on
        schedule.save(update_fields=["covered_through_on"])
    return True


def _request(
    schedule: ReportSchedule,
    people: Collection[User],
    first_on: dt.date,
    last_on: dt.date,
    *,
    at: dt.datetime,
) -> None:
    """One file for all: numbers are masked if any recipient sees them masked."""
    location = schedule.location
    report = requests.request_report(
        location,
        kind=schedule.kind,
        format=schedule.format,
        first_on=first_on,
        last_on=last_on,
        requested_by=schedule.created_by,
        masked=any(sees_masked_numbers(person, location) for person in people),
        announce=True,
        schedule=schedule,
        at=at,
    )
    log.info("schedule %s: report %s is requested", schedule.pk, report.pk)
