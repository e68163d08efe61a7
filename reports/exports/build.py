"""Building a report: claimed, written to a file of its own, put into the storage, or failed."""

import datetime as dt
import errno
import logging
import time
from contextlib import closing
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from locations.jobs import Lease, LeaseLost
from locations.models.jobs import JobState
from reports.exports import temp_dirs
from reports.exports.queue import claim_next
from reports.exports.uploads import WatchedReader
from reports.exports.writer import Built, CannotBuild, write
from reports.jobs import Clock, remove_file
from reports.models import Report
from reports.workbooks.xlsx import MOST_ROWS

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

log = logging.getLogger(__name__)


class NotStored(Exception):
    """The storage did not take the file; why is its cause."""


def build_next(*, clock: Clock, rows_per_sheet: int = MOST_ROWS - 1) -> Report | None:
    """Build the report whose turn it is; None if there is none. Not within a transaction.

    It comes back as it was left: ready, failed with a reason and without a file, or still
    running where the lease was lost or the database is gone. Then it is built again, once.
    """
    report = claim_next(at=clock())
    if report is None:
        return None
    started = time.monotonic()
    with closing(Lease(report)) as lease, override(report.language):
        try:
            with temp_dirs.folder_of(report) as folder:
                path = Path(folder) / f"report.{report.format}"
                built = write(report, path, lease, clock, rows_per_sheet)
                lease.renew(built.rows)
                _store(report, path, lease)
            _finish(report, built, at=clock())
        except LeaseLost:
            remove_file(report.file)
            log.warning("report %s: attempt %d lost its lease", report.pk, report.attempts)
        except Exception as problem:
            log.exception("report %s: attempt %d failed", report.pk, report.attempts)
            _fail(report, reason_of(problem), at=clock())
        else:
            seconds = time.monotonic() - started
            log.info("report %s: %d rows in %.1f s", report.pk, built.rows, seconds)
    return report


def _store(report: Report, path: Path, lease: Lease) -> None:
    """Put the file into the storage, which may keep it under another name."""
    try:
        with WatchedReader(path, lease.renew_now_and_then) as content:
            report.file = default_storage.save(report.file, File(content))
    except (LeaseLost, OSError, DatabaseError, InterfaceError):
        raise
    except Exception as problem:
        # An object storage has errors of its own.
        raise NotStored from problem


def reason_of(problem: Exception) -> str:
    """Why a build failed, for whoever asked for it; the log has the rest."""
    if isinstance(problem, CannotBuild):
        return str(problem)
    if isinstance(problem, OSError) and problem.errno in NO_ROOM:
        return _("There was no room left for the file. Try again later, or a shorter range.")
    if isinstance(problem, (OSError, NotStored)):
        return _("The file could not be written. Try again later.")
    if isinstance(problem, (DatabaseError, InterfaceError)):
        return _("The database could not be read to the end. Try again later.")
    return _("Something went wrong (%(name)s); it is in the log.") % {
        "name": type(problem).__name__
    }


def _mine(report: Report) -> QuerySet[Report]:
    return Report.objects.filter(pk=report.pk, state=JobState.RUNNING, attempts=report.attempts)


def _finish(report: Report, built: Built, *, at: dt.datetime) -> None:
    if not _mine(report).update(
        state=JobState.READY,
        finished_at=at,
        leased_until=None,
        rows_done=built.rows,
        rows_total=built.rows,
        credits=built.credits,
        file=report.file,
        size_bytes=built.size_bytes,
    ):
        raise LeaseLost
    report.state = JobState.READY


def _fail(report: Report, reason: str, *, at: dt.datetime) -> None:
    # A file that cannot be removed now keeps its name in the row, for the sweep.
    file = "" if remove_file(report.file) else report.file
    try:
        _mine(report).update(
            state=JobState.FAILED, failure=reason, finished_at=at, leased_until=None, file=file
        )
    except (DatabaseError, InterfaceError):
        # Nobody can be told now. The lease runs out, and the report is built again or given up.
        log.exception("report %s: that it failed could not be written down", report.pk)
        connection.close()
    else:
        report.state = JobState.FAILED
