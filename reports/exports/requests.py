"""Asking for a report: the row that says so, and the task that builds it."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from locations import jobs
from locations.models import Location, User
from locations.models.jobs import UNFINISHED, JobState
from locations.permissions import sees_masked_numbers
from reports.jobs import CannotAsk
from reports.models import (
    Report,
    ReportFormat,
    ReportKind,
    ReportSchedule,
)

BUILD_TASK = "reports.tasks.build_report"
MOST_UNFINISHED = 5  # of one location


class TooMany(CannotAsk):
    """The location waits for as many reports as it may."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "%(most_unfinished)s reports of this location are being built: ask for "
                "more when one of them is ready."
            )
            % {"most_unfinished": MOST_UNFINISHED}
        )


class BadRange(CannotAsk):
    """The last day comes before the first."""

    def __init__(self) -> None:
        super().__init__(_("The last day must not be before the first."))


def ask(
    location: Location,
    *,
    kind: str,
    format: str = ReportFormat.XLSX,
    first_on: dt.date,
    last_on: dt.date,
    requested_by: User,
    at: dt.datetime,
    announce: bool = False,
    masked: bool | None = None,
    schedule: ReportSchedule | None = None,
) -> Report:
    """Ask for a report on these days of the location, both included.

    It is in the language of who asks. `announce` mails a link when it is over; `masked` hides
    phone numbers, and follows the role of who asks where nothing is said.

    Its task is queued after the commit; where the broker does not answer, the sweep queues it
    later. Raises TooMany and BadRange. Whether the user may ask is the caller's question.
    """
    if last_on < first_on:
        raise BadRange
    with transaction.atomic():
        # Two people who ask at once would both take the last place. Nothing else that charges
        # or refers to the location waits for this kind of lock.
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
        if Report.objects.filter(location=location, state__in=UNFINISHED).count() >= (
            MOST_UNFINISHED
        ):
            raise TooMany
        report = Report.objects.create(
            location=location,
            kind=ReportKind(kind),
            format=ReportFormat(format),
            first_on=first_on,
            last_on=last_on,
            masked=sees_masked_numbers(requested_by, location) if masked is None else masked,
            announce=announce,
            schedule=schedule,
            language=requested_by.reads,
            requested_by=requested_by,
            requested_at=at,
        )
        transaction.on_commit(lambda: queue(report.pk))
    return report


def ask_again(report: Report, *, requested_by: User, at: dt.datetime) -> Report:
    """Ask for the same workbook, whatever became of this one. Raises TooMany."""
    return ask(
        report.location,
        kind=report.kind,
        format=report.format,
        first_on=report.first_on,
        last_on=report.last_on,
        requested_by=requested_by,
        at=at,
    )


def cancel(report: Report, *, cancelled_by: User, at: dt.datetime) -> bool:
    """Take a report back that waits or is being built; False if it is over already.

    Whoever builds it finds out when the lease is renewed, and removes what there is of a file.
    """
    return bool(
        Report.objects.filter(pk=report.pk, state__in=UNFINISHED).update(
            state=JobState.CANCELLED,
            cancelled_by=cancelled_by,
            finished_at=at,
            leased_until=None,
        )
    )


def queue_waiting() -> None:
    """Wake a worker for the oldest report that waits, if one does."""
    waiting = Report.objects.filter(state=JobState.QUEUED).order_by("requested_at").first()
    if waiting is not None:
        queue(waiting.pk)


def queue(report_id: uuid.UUID, *, expires_seconds: int | None = None) -> bool:
    """Hand the building of a report to a worker; whether the broker took it."""
    return jobs.queue(BUILD_TASK, str(report_id), expires_seconds=expires_seconds)
