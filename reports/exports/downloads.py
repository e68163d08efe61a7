import datetime as dt
import logging
from typing import IO

from django.core.files.storage import default_storage

from locations.models import User
from locations.models.jobs import JobState
from locations.permissions import sees_masked_numbers
from reports.models import Report, ReportDownload, ReportKind

log = logging.getLogger(__name__)


class StorageUnavailable(Exception):
    """The storage cannot be read now; the cause says why."""


class NumbersRefused(Exception):
    """The file has full phone numbers, and the user's role sees them masked."""


def open_report_file(report: Report, *, to: User, at: dt.datetime) -> IO[bytes] | None:
    """None where there is no file. Raises NumbersRefused and StorageUnavailable."""
    if report.state != JobState.READY:
        return None
    if report.shows_numbers and sees_masked_numbers(to, report.location):
        raise NumbersRefused
    shows_people = report.kind != ReportKind.STATEMENT
    if shows_people and to.is_staff and not to.has_perm("locations.view_personal_data"):
        raise NumbersRefused
    try:
        file = default_storage.open(report.file)
        # An object storage fetches it only here: better now than with half of it sent.
        _ = file.file
    except FileNotFoundError:
        return None
    except Exception as error:
        # An object storage has errors of its own.
        log.exception("report %s: the storage did not give its file", report.pk)
        raise StorageUnavailable from error
    ReportDownload.objects.create(report=report, user=to, at=at)
    return file
