import errno
import io
import logging
import time
from collections.abc import Callable
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from locations import jobs
from locations.jobs import Clock, Lease, LeaseLost
from locations.models.jobs import JobState
from reports.exports import temp_dirs
from reports.exports.queue import claim_next
from reports.exports.writer import CannotBuild, write
from reports.models import Report
from reports.workbooks.xlsx import MAX_ROWS

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

log = logging.getLogger(__name__)


class WatchedReader(io.BufferedReader):
    """Renews the lease while the storage reads the file, which may take minutes."""

    def __init__(self, path: Path, heartbeat: Callable[[], None]) -> None:
        super().__init__(io.FileIO(path))
        self._heartbeat = heartbeat

    def read(self, size: int | None = -1) -> bytes:
        self._heartbeat()
        return super().read(size)


class NotStored(Exception):
    """The storage did not take the file; its cause says why."""


def build_next(*, clock: Clock, rows_per_sheet: int = MAX_ROWS - 1) -> Report | None:
    """Build the next report; None if there is none. Not within a transaction."""
    report = claim_next(at=clock())
    if report is None:
        return None
    started = time.monotonic()

    def build(report: Report, lease: Lease) -> None:
        with temp_dirs.create(report) as folder:
            path = Path(folder) / f"report.{report.format}"
            built = write(report, path, lease, clock, rows_per_sheet)
            lease.renew(built.rows)
            _store(report, path, lease)
        jobs.finish(
            report,
            at=clock(),
            rows_done=built.rows,
            rows_total=built.rows,
            credits=built.credits,
            file=report.file,
            size_bytes=built.size_bytes,
        )
        seconds = time.monotonic() - started
        log.info("report %s: %d rows in %.1f s", report.pk, built.rows, seconds)

    jobs.run_claimed(report, build, clock=clock, explain=explain_error)
    # A file that cannot be deleted now keeps its name in the row, for the clean-up.
    deleted = report.state != JobState.READY and jobs.delete_file(report.file)
    if deleted and report.state == JobState.FAILED:
        Report.objects.filter(pk=report.pk, attempts=report.attempts).update(file="")
    return report


def _store(report: Report, path: Path, lease: Lease) -> None:
    try:
        with WatchedReader(path, lease.heartbeat) as content:
            report.file = default_storage.save(report.file, File(content))
    except (LeaseLost, OSError, DatabaseError, InterfaceError):
        raise
    except Exception as error:
        # An object storage has errors of its own.
        raise NotStored from error


def explain_error(error: Exception) -> str:
    if isinstance(error, CannotBuild):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return _("There was no room left for the file. Try again later, or a shorter range.")
    if isinstance(error, (OSError, NotStored)):
        return _("The file could not be written. Try again later.")
    if isinstance(error, (DatabaseError, InterfaceError)):
        return _("The database could not be read to the end. Try again later.")
    return jobs.explain_error(error)
