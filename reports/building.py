"""Building a report, at most one worker at a time, from one moment of the ledger.

The report's row says who builds: a claim counts `attempts` up and takes a lease; every later
write of that build names the count, so that a worker which lost its lease changes nothing.
Leases are measured by the database's clock, whatever the clocks of the workers show.
"""

import datetime as dt
import errno
import logging
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from ledger.daily import daily_usage
from ledger.models import Balance
from locations.models import Location
from reports.models import Report, ReportKind, ReportState
from reports.rows import Rows, rows_of
from reports.workbooks import MOST_ROWS, Book, Value

LEASE = dt.timedelta(minutes=2)
MOST_ATTEMPTS = 3
PROGRESS_SECONDS = 1.0
ROWS_BETWEEN_LOOKS = 200  # at the watch
FOLDER_PREFIX = "redflag-report-"

LOST_LEASE = Q(state=ReportState.RUNNING, leased_until__lt=Now())
CLAIMABLE = Q(state=ReportState.QUEUED) | (LOST_LEASE & Q(attempts__lt=MOST_ATTEMPTS))

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]


class CannotBuild(Exception):
    """A workbook that must not be shipped; its text is for people."""


class LeaseLost(Exception):
    """Another worker builds this report by now, or it is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Built:
    rows: int
    credits: int
    size_bytes: int


def build(report_id: uuid.UUID, *, clock: Clock, rows_per_sheet: int = MOST_ROWS - 1) -> bool:
    """Build a report that waits, or whose worker died; False if there was nothing to do.

    A build that fails leaves no file, and a reason in the row. Not within a transaction.
    """
    report = _claim(report_id, at=clock())
    if report is None:
        return False
    started = time.monotonic()
    with closing(Lease(report)) as lease:
        try:
            with tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX) as folder:
                path = Path(folder) / "report.xlsx"
                built = _write(report, path, lease, clock, rows_per_sheet)
                lease.renew(built.rows)
                with path.open("rb") as content:
                    report.file = default_storage.save(report.file, File(content))
            _finish(report, built, at=clock())
        except LeaseLost:
            remove_file(report.file)
            log.warning("report %s: attempt %d lost its lease", report.pk, report.attempts)
            return False
        except Exception as problem:
            log.exception("report %s: attempt %d failed", report.pk, report.attempts)
            _fail(report, reason_of(problem), at=clock())
            return False
    seconds = time.monotonic() - started
    log.info("report %s: %d rows in %.1f s", report.pk, built.rows, seconds)
    return True


class Lease:
    """A build's hold on its report, renewed over a connection of its own.

    The build's connection sits inside its one read-only transaction all the time.
    """

    RENEW = """
        UPDATE reports_report
           SET leased_until = now() + %s * interval '1 second',
               rows_done = %s, rows_total = coalesce(%s, rows_total)
         WHERE id = %s AND state = %s AND attempts = %s
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._connection = connection.copy()
        self._renewed = time.monotonic()

    def renew(self, rows_done: int, rows_total: int | None = None) -> None:
        """Keep the report and show how far it is; raises LeaseLost."""
        report = self._report
        values = [LEASE.total_seconds(), rows_done, rows_total]
        with self._connection.cursor() as cursor:
            cursor.execute(
                self.RENEW,
                [*values, report.pk, ReportState.RUNNING, report.attempts],
            )
            if cursor.rowcount != 1:
                raise LeaseLost
        self._renewed = time.monotonic()

    def renew_now_and_then(self, rows_done: int) -> None:
        if time.monotonic() - self._renewed >= PROGRESS_SECONDS:
            self.renew(rows_done)

    def close(self) -> None:
        self._connection.close()


def remove_file(name: str) -> bool:
    """Delete a report's file, or the half of one; whether it is gone."""
    try:
        default_storage.delete(name)
    except OSError as problem:
        log.warning("the file %s cannot be deleted now: %s", name, problem)
        return False
    return True


def reason_of(problem: Exception) -> str:
    """Why a build failed, for whoever asked for it; the log has the rest."""
    if isinstance(problem, CannotBuild):
        return str(problem)
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "There was no room left for the file. Try again later, or a shorter range."
    if isinstance(problem, (DatabaseError, InterfaceError)):
        return "The database could not be read to the end. Try again later."
    return f"Something went wrong ({type(problem).__name__}); it is in the log."


def _claim(report_id: uuid.UUID, *, at: dt.datetime) -> Report | None:
    """Take the report, if it is to be had, and remove what a dead worker left of its file."""
    with transaction.atomic(durable=True):
        # Two workers with the same task: the second waits here and finds it no longer claimable.
        report = Report.objects.select_for_update().filter(CLAIMABLE, pk=report_id).first()
        if report is None:
            return None
        left_behind = report.file
        report.attempts += 1
        report.state = ReportState.RUNNING
        report.started_at = at
        report.rows_done, report.rows_total = 0, None
        # Written down before there is one: whoever comes after us can remove it.
        report.file = f"reports/{uuid.uuid4()}.xlsx"
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


def _mine(report: Report) -> QuerySet[Report]:
    return Report.objects.filter(pk=report.pk, state=ReportState.RUNNING, attempts=report.attempts)


def _finish(report: Report, built: Built, *, at: dt.datetime) -> None:
    if not _mine(report).update(
        state=ReportState.READY,
        finished_at=at,
        leased_until=None,
        rows_done=built.rows,
        rows_total=built.rows,
        credits=built.credits,
        file=report.file,
        size_bytes=built.size_bytes,
    ):
        raise LeaseLost


def _fail(report: Report, reason: str, *, at: dt.datetime) -> None:
    # A file that cannot be removed now keeps its name in the row, for the sweep.
    file = "" if remove_file(report.file) else report.file
    _mine(report).update(
        state=ReportState.FAILED, failure=reason, finished_at=at, leased_until=None, file=file
    )


def _write(report: Report, path: Path, lease: Lease, clock: Clock, rows_per_sheet: int) -> Built:
    """Write the workbook from one snapshot, and prove it against the daily table of the same."""
    title = report.get_kind_display()
    with Book(path.parent, title=title, rows_per_sheet=rows_per_sheet) as book:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            location = Location.objects.select_related("account").get(pk=report.location_id)
            rows = rows_of(report.kind, location, report.first_on, report.last_on)
            moved = daily_usage(location, report.first_on, report.last_on).total
            balance = Balance.objects.filter(location=location).first()
            as_of, at = balance.last_number if balance else 0, clock()
            lease.renew(0, rows.messages)
            tally = Tally(rows, lease)
            written = book.add_rows("Messages", rows.columns, tally.watched())
        usage = -(moved.chat if report.kind == ReportKind.CHAT else moved.text + moved.voice)
        _prove(rows, written, credits=tally.credits, usage=usage)
        book.add_summary(
            [
                *_what_it_is(report, location, as_of=as_of, at=at),
                ("Messages charged", rows.messages - rows.refused),
                ("Messages refused", rows.refused),
                ("Credits of the messages", tally.credits),
                ("Credits on the daily table", usage),
                ("They agree", "Yes"),  # or there would be no workbook
            ]
        )
        lease.renew(written)
        book.save(path)
    return Built(written, tally.credits, path.stat().st_size)


class Tally:
    """Adds up the rows on their way into the workbook, and keeps the lease meanwhile."""

    def __init__(self, rows: Rows, lease: Lease) -> None:
        self._rows = rows
        self._lease = lease
        self.credits = 0

    def watched(self) -> Iterator[tuple[Any, ...]]:
        credits_at = self._rows.credits_at
        for number, row in enumerate(self._rows.rows, 1):
            self.credits += row[credits_at]
            yield row
            if number % ROWS_BETWEEN_LOOKS == 0:
                self._lease.renew_now_and_then(number)


def _prove(rows: Rows, written: int, *, credits: int, usage: int) -> None:
    """Refuse a workbook that differs from the page; raises CannotBuild."""
    if written != rows.messages:
        raise CannotBuild(f"{written:,} of {rows.messages:,} messages were written.")
    if credits != usage:
        raise CannotBuild(
            f"The messages cost {credits:,} credits, the daily table says {usage:,}: "
            "the report is kept back until they agree. Tell whoever runs this product."
        )


def _what_it_is(
    report: Report, location: Location, *, as_of: int, at: dt.datetime
) -> list[tuple[str, Value]]:
    zone = location.time_zone
    return [
        ("Account", location.account.name),
        ("Location", location.name),
        ("First day", report.first_on),
        ("Last day (included)", report.last_on),
        ("Time zone", zone),
        (f"Built at ({zone})", at.astimezone(location.zone).replace(microsecond=0, tzinfo=None)),
        ("As of ledger entry number", as_of),
        (
            "Which days",
            "A message stands on the day on which the daily table counts it: a broadcast on "
            "that of its first message, what was reported after its term on that of the report.",
        ),
    ]
