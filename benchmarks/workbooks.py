"""A report's build beside XlsxWriter in constant-memory mode, fed with the same rows."""

import datetime as dt
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks import place
from benchmarks.singles import messages
from ledger.engine import charging
from locations.jobs import Lease
from locations.models import Location, User
from reports.exports.kinds import rows_of
from reports.exports.kinds.base import Rows
from reports.exports.queue import claim_next
from reports.exports.writer import write
from reports.models import Report, ReportKind
from reports.workbooks.text import shown
from reports.workbooks.xlsx import MOST_ROWS
from tests import factories

AT_ONCE = 10_000
ON_A_DAY = 20_000  # nobody sends a million messages in one
MOST_DAYS = 180
DAYS = (factories.NOON.date(), factories.NOON.date() + dt.timedelta(days=MOST_DAYS))


class Reports:
    """One location with many messages, and the three ways through them.

    Each answers the seconds of CPU of this process: the server's work is the same for all.
    """

    def __init__(self, rows: int) -> None:
        self._location = Location.objects.get(pk=place.locations()[0])
        # Those that the messages have: blank columns would cost nothing.
        self._location.profile_fields = ["first_name", "last_name", "room"]
        self._location.save(update_fields=["profile_fields"])
        self.rows = self._fill(rows)

    def _fill(self, rows: int) -> int:
        while (there := self._location_rows()) < rows:
            mark = f"w{time.monotonic_ns()}"
            at = factories.NOON + dt.timedelta(days=there // ON_A_DAY)
            asked = messages(min(AT_ONCE, rows - there), mark, sent_at=at)
            charging.charge_broadcast(self._location.pk, "text", asked, key=mark, at=at)
        # What autovacuum would do within a minute or two, beside whatever is measured then.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) ledger_internationalmessage")
        return there

    def _location_rows(self) -> int:
        with self._snapshot() as found:
            return found.messages

    def rounds_of(self) -> dict[str, Callable[[], float]]:
        return {"ours": self.ours, "xlsxwriter": self.xlsxwriter, "reading": self.reading}

    def ours(self) -> float:
        """What a worker does: rows, proof, summary, packing; with a lease that is renewed."""
        report = self._asked()
        claimed = claim_next(at=timezone.now())
        assert claimed is not None
        assert claimed.pk == report.pk
        with tempfile.TemporaryDirectory() as folder, closing(Lease(claimed)) as lease:
            begun = time.process_time()
            built = write(claimed, Path(folder) / "r.xlsx", lease, timezone.now, MOST_ROWS - 1)
            took = time.process_time() - begun
        assert built.rows == self.rows
        Report.objects.filter(pk=report.pk).delete()
        return took

    def xlsxwriter(self) -> float:
        """The same rows, texts cleaned alike: XlsxWriter breaks its file on control characters."""
        with tempfile.TemporaryDirectory() as folder, self._snapshot() as found:
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
                sheet.write_row(0, 0, [column.title for column in found.columns])
                for number, row in enumerate(found.rows, 1):
                    for position, value in enumerate(row):
                        if isinstance(value, str):
                            sheet.write_string(number, position, shown(value))
                        elif isinstance(value, dt.datetime):
                            sheet.write_datetime(number, position, value)
                        elif value is not None:
                            sheet.write_number(number, position, value)
            return time.process_time() - begun

    def reading(self) -> float:
        """The rows alone, to nowhere."""
        with self._snapshot() as found:
            begun = time.process_time()
            assert sum(1 for _ in found.rows) == self.rows
            return time.process_time() - begun

    def memory_mebibytes(self, name: str) -> float:
        """The most that one way takes over what the process had before, in a process of its own."""
        connections.close_all()  # a connection must not be shared over a fork
        context = multiprocessing.get_context("fork")
        mine, theirs = context.Pipe(duplex=False)
        child = context.Process(target=self._watched, args=(name, theirs))
        child.start()
        kibibytes = mine.recv()
        child.join()
        return kibibytes / 1024

    def _watched(self, name: str, answer: Any) -> None:
        self._location.refresh_from_db()
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        before = _kibibytes("VmRSS")
        self.rounds_of()[name]()
        answer.send(_kibibytes("VmHWM") - before)

    def _asked(self) -> Report:
        return Report.objects.create(
            location=self._location,
            kind=ReportKind.INTERNATIONAL,
            first_on=DAYS[0],
            last_on=DAYS[1],
            asked_by=_somebody(),
            asked_at=timezone.now(),
        )

    def _snapshot(self) -> Any:
        return _Snapshot(self._location)


class _Snapshot:
    """The rows, to be read in one transaction."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._transaction = transaction.atomic()

    def __enter__(self) -> Rows:
        self._transaction.__enter__()
        return rows_of(ReportKind.INTERNATIONAL, self._location, *DAYS)

    def __exit__(self, *problem: Any) -> None:
        self._transaction.__exit__(*problem)


def _somebody() -> Any:
    return User.objects.first() or factories.make_user()


def _kibibytes(name: str) -> int:
    """A figure that Linux keeps of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)
