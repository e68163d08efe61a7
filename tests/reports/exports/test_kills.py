"""A worker killed at any moment: the report is built once more, and nothing else is left."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db.models.functions import Now

from locations import jobs
from locations.models.jobs import JobState
from reports import tasks
from reports.exports import build, cleanup, requests, writer
from reports.exports.build import WatchedReader
from reports.models import Report
from reports.workbooks.xlsx import Book
from reports.workbooks.xlsx_archive import BookFile, SheetFile
from reports.workbooks.xlsx_rows import SheetRows
from tests.processes import LostProcess, race
from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, files, utc

pytestmark = [pytest.mark.usefixtures("cloned_database"), pytest.mark.processes]

# Where it dies: what is called there, and at which of its calls; before it runs, or after.
MOMENTS: dict[str, tuple[Any, str, int, bool]] = {
    "claimed, nothing begun": (jobs, "Lease", 1, False),
    "the snapshot is open": (writer, "read_rows", 1, False),
    "counted": (jobs.Lease, "renew", 1, True),
    "at the first row": (SheetRows, "append", 1, False),
    "in the middle of the rows": (SheetRows, "append", 31, False),
    "all rows are in": (Book, "add_summary", 1, False),
    "a sheet is whole": (SheetFile, "close", 1, True),
    "at the start of the packing": (BookFile, "save", 1, False),
    "in the middle of the packing": (BookFile, "write_worksheet", 2, True),
    "packed": (build, "WatchedReader", 1, False),
    "in the middle of the upload": (WatchedReader, "read", 1, True),
    "the file is in the storage": (FileSystemStorage, "_save", 1, True),
    "ready, and not told yet": (requests, "enqueue_next", 1, False),
}


def build_and_die(where: Any, name: str, call: int, after: bool, folder: str) -> None:
    tempfile.tempdir = folder
    calls: Iterator[int] = iter(range(1, 1_000_000))
    meant: Callable[..., Any] = getattr(where, name)

    def fatal(*args: Any, **options: Any) -> Any:
        dies = next(calls) == call
        if dies and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = meant(*args, **options)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(where, name, fatal)
    tasks.build_report("")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_is_started_over_once_and_never_doubled(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    media, builds = tmp_path / "media", tmp_path / "builds"
    settings.MEDIA_ROOT = media
    builds.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(builds))
    monkeypatch.setattr(jobs, "enqueue", lambda *_, **__: True)
    place = traffic.location()
    for minute in range(20):
        traffic.texts(place, utc(f"2026-05-04 10:{minute:02}:00"), MEXICO, GERMANY)
    report = traffic.report(place)

    where, name, call, after = MOMENTS[moment]
    case = {"where": where, "name": name, "call": call, "after": after, "folder": str(builds)}
    with pytest.raises(LostProcess):
        race(build_and_die, [case])
    report.refresh_from_db()
    was_ready = moment == "ready, and not told yet"
    assert (report.state, report.attempts) == (
        JobState.READY if was_ready else JobState.RUNNING,
        1,
    )
    assert build.build_next(clock=traffic.stopped()) is None  # its lease still runs

    Report.objects.filter(leased_until__isnull=False).update(leased_until=Now() - jobs.LEASE)
    jobs.requeue_stale_jobs(at=traffic.NOW)
    cleanup.clean_up(at=traffic.NOW)
    again = build.build_next(clock=traffic.stopped())
    assert (again is None) is was_ready
    report.refresh_from_db()
    assert (report.state, report.rows_done, report.credits) == (JobState.READY, 40, 20 * 13)
    assert files(media) == [media / report.file]
    jobs.requeue_stale_jobs(at=traffic.NOW)
    cleanup.clean_up(at=traffic.NOW)
    assert list(builds.iterdir()) == []  # the killed worker's folder has gone too


def test_a_build_that_kills_its_worker_twice_has_failed(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(jobs, "enqueue", lambda *_, **__: True)
    place = traffic.location()
    traffic.texts(place, utc("2026-05-04 10:00:00"), MEXICO)
    report = traffic.report(place)
    where, name, call, after = MOMENTS["at the first row"]
    case = {"where": where, "name": name, "call": call, "after": after, "folder": str(tmp_path)}
    for _ in range(2):
        with pytest.raises(LostProcess):
            race(build_and_die, [case])
        Report.objects.update(leased_until=Now() - jobs.LEASE)
    assert build.build_next(clock=traffic.stopped()) is None
    jobs.requeue_stale_jobs(at=traffic.NOW)
    cleanup.clean_up(at=traffic.NOW)
    report.refresh_from_db()
    assert (report.state, report.failure, report.file) == (
        JobState.FAILED,
        "Building it was interrupted 2 times.",
        "",
    )
    assert files(tmp_path / "media") == []
