import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from locations import jobs
from locations.jobs import InvalidRequest
from locations.models import Location, User
from locations.models.jobs import JobState
from locations.permissions import sees_masked_numbers
from reports.models import Report, ReportFormat, ReportKind, ReportSchedule

MAX_UNFINISHED = 5  # of one location


class TooManyReports(InvalidRequest):
    def __init__(self) -> None:
        super().__init__(
            _(
                "%(most_unfinished)s reports of this location are being built: ask for "
                "more when one of them is ready."
            )
            % {"most_unfinished": MAX_UNFINISHED}
        )


class InvalidRange(InvalidRequest):
    def __init__(self) -> None:
        super().__init__(_("The last day must not be before the first."))


def request_report(
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
    """`masked` None: as the requester's role demands. Raises TooManyReports and InvalidRange."""
    if last_on < first_on:
        raise InvalidRange
    with transaction.atomic():
        # Lock, so that two concurrent requests cannot both take the last slot. Charges and foreign
        # keys do not wait for this kind of lock.
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
        if Report.objects.unfinished().filter(location=location).count() >= MAX_UNFINISHED:
            raise TooManyReports
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
        transaction.on_commit(lambda: jobs.enqueue(Report, report.pk))
    return report


def retry_report(report: Report, *, requested_by: User, at: dt.datetime) -> Report:
    return request_report(
        report.location,
        kind=report.kind,
        format=report.format,
        first_on=report.first_on,
        last_on=report.last_on,
        requested_by=requested_by,
        at=at,
    )


def enqueue_next() -> None:
    queued = Report.objects.filter(state=JobState.QUEUED).order_by("requested_at").first()
    if queued is not None:
        jobs.enqueue(Report, queued.pk)
