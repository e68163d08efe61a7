"""Build a report, compared with XlsxWriter in constant-memory mode fed with the same rows."""

import datetime as dt
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks import database
from benchmarks.single_charges import messages
from ledger.engine import charging
from locations.formatting.cell_text import clean_text
from locations.jobs import Lease
from locations.models import Location, User
from reports.exports.kinds import read_rows
from reports.exports.kinds.base import Rows
from reports.exports.queue import claim_next
from reports.exports.writer import write
from reports.models import Report, ReportKind
from reports.workbooks.xlsx import MAX_ROWS
from tests import factories

BATCH = 10_000
MESSAGES_A_DAY = 20_000
RANGE = (factories.NOON.date(), factories.NOON.date() + dt.timedelta(days=180))


class ReportRounds:
    """Each way to read many messages returns CPU seconds of this process."""

    def __init__(self, rows: int) -> None:
        self._location = Location.objects.get(pk=database.location_ids()[0])
        # The fields that the messages have: blank columns cost nothing.
        self._location.profile_fields = ["first_name", "last_name", "room"]
        self._location.save(update_fields=["profile_fields"])
        self.rows = self._fill(rows)

    def _fill(self, rows: int) -> int:
        while (count := self._count_rows()) < rows:
            mark = f"w{time.monotonic_ns()}"
            at = factories.NOON + dt.timedelta(days=count // MESSAGES_A_DAY)
            texts = messages(min(BATCH, rows - count), mark, sent_at=at)
            charging.charge_broadcast(self._location.pk, "text", texts, key=mark, at=at)
        # Or autovacuum would run during the measurement.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) ledger_internationalmessage")
        return count

    def _count_rows(self) -> int:
        with self._snapshot() as rows:
            return rows.messages

    def get_rounds(self) -> dict[str, Callable[[], float]]:
        return {"ours": self.ours, "xlsxwriter": self.xlsxwriter, "reading": self.reading}

    def ours(self) -> float:
        report = self._create_report()
        claimed = claim_next(at=timezone.now())
        assert claimed is not None
        assert claimed.pk == report.pk
        with tempfile.TemporaryDirectory() as folder, closing(Lease(claimed)) as lease:
            begun = time.process_time()
            built = write(claimed, Path(folder) / "r.xlsx", lease, timezone.now, MAX_ROWS - 1)
            duration = time.process_time() - begun
        assert built.rows == self.rows
        Report.objects.filter(pk=report.pk).delete()
        return duration

    def xlsxwriter(self) -> float:
        """Write the same rows, cleaned alike: control characters break XlsxWriter's files."""
        with tempfile.TemporaryDirectory() as folder, self._snapshot() as rows:
            begun = time.process_time()
            options = {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_date_format": "yyyy-mm-dd h:mm:ss",
                "tmpdir": folder,
            }
            with xlsxwriter.Workbook(Path(folder) / "r.xlsx", options) as book:
                sheet = book.add_worksheet("Messages")
                sheet.write_row(0, 0, [column.title for column in rows.columns])
                for number, row in enumerate(rows.rows, 1):
                    for position, value in enumerate(row):
                        if isinstance(value, str):
                            sheet.write_string(number, position, clean_text(value))
                        elif isinstance(value, dt.datetime):
                            sheet.write_datetime(number, position, value)
                        elif value is not None:
                            sheet.write_number(number, position, value)
            return time.process_time() - begun

    def reading(self) -> float:
        with self._snapshot() as rows:
            begun = time.process_time()
            assert sum(1 for _ in rows.rows) == self.rows
            return time.process_time() - begun

    def memory_mebibytes(self, name: str) -> float:
        connections.close_all()  # a connection must not be shared over a fork
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=self._measure_memory, args=(name, sender))
        child.start()
        kibibytes = receiver.recv()
        child.join()
        return kibibytes / 1024

    def _measure_memory(self, name: str, sender: Any) -> None:
        self._location.refresh_from_db()
        Path("/proc/self/clear_refs").write_text("5")  # reset the peak
        before = _kibibytes("VmRSS")
        self.get_rounds()[name]()
        sender.send(_kibibytes("VmHWM") - before)

    def _create_report(self) -> Report:
        return Report.objects.create(
            location=self._location,
            kind=ReportKind.INTERNATIONAL,
            first_on=RANGE[0],
            last_on=RANGE[1],
            requested_by=User.objects.first() or factories.make_user(),
            requested_at=timezone.now(),
        )

    @contextmanager
    def _snapshot(self) -> Iterator[Rows]:
        with transaction.atomic():
            yield read_rows(ReportKind.INTERNATIONAL, self._location, *RANGE)


def _kibibytes(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0])
