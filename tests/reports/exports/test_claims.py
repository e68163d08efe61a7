"""One worker at a time: who builds a report, who takes it over, and who lets go of it."""

import os
import signal
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection

from locations import jobs
from locations.models.jobs import JobState
from reports.exports import build as build_module
from reports.exports import queue, writer
from reports.models import Report
from reports.tasks import build_report
from reports.workbooks.xlsx_rows import SheetRows
from tests.processes import LostProcess, race
from tests.reports import traffic
from tests.reports.exports.builds import build, during_row, in_another_thread, table
from tests.reports.traffic import NOW, files

pytestmark = pytest.mark.usefixtures("cloned_database", "no_folder_is_left")


def test_a_task_that_runs_twice_builds_once(place: Any, media: Path) -> None:
    report = traffic.report(place)
    build_report(str(report.pk))
    report.refresh_from_db()
    first = report.file
    build_report(str(report.pk))
    report.refresh_from_db()
    assert (report.state, report.attempts, report.file) == (JobState.READY, 1, first)
    assert len(files(media)) == 1


def test_where_nothing_waits_nothing_is_built() -> None:
    assert build_module.build_next(clock=traffic.stopped()) is None


@pytest.mark.processes
def test_of_many_workers_one_builds(place: Any, media: Path) -> None:
    report = traffic.report(place)
    outcomes = race(builds_with_a_slow_claim, [{"report": report}] * 4)
    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 1]
    report.refresh_from_db()
    assert (report.state, report.attempts) == (JobState.READY, 1)
    assert len(files(media)) == 1


def builds_with_a_slow_claim(report: Report) -> int:
    """How many were begun; time for the others between the look at the row and the write."""
    name, write = uuid.uuid4, build_module.write
    begun = []

    def slowly() -> uuid.UUID:
        time.sleep(0.3)
        return name()

    def counted(*args: Any) -> Any:
        begun.append(args)
        return write(*args)

    uuid.uuid4 = slowly
    build_module.write = counted
    build(report)
    return len(begun)


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.EXPIRED])
def test_what_is_over_is_not_built_again(place: Any, media: Path, state: str) -> None:
    assert not build(traffic.report(place, state=state))
    assert files(media) == []


def test_a_report_that_another_worker_builds_is_left_alone(place: Any, media: Path) -> None:
    report = traffic.report(place)
    assert queue.claim_next(at=NOW) is not None
    assert not build(report)
    assert files(media) == []


def die_while_reading(report: Report) -> None:
    def fatal(self: Any, row: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    SheetRows.append = fatal  # type: ignore[method-assign]
    build(report)


def die_while_saving(report: Report) -> None:
    def half(self: Any, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read()[:100])
        os.kill(os.getpid(), signal.SIGKILL)
        return name

    FileSystemStorage._save = half  # type: ignore[method-assign]
    build(report)


@pytest.mark.processes
@pytest.mark.parametrize("death", [die_while_reading, die_while_saving])
def test_a_killed_build_is_taken_over_when_its_lease_has_run_out(
    place: Any, media: Path, tmp_path: Path, death: Any
) -> None:
    report = traffic.report(place)
    with pytest.raises(LostProcess):
        race(death, [{"report": report}])
    report.refresh_from_db()
    assert (report.state, report.attempts) == (JobState.RUNNING, 1)
    assert not build(report)

    expire_lease(report)
    assert build(report)
    report.refresh_from_db()
    assert (report.state, report.attempts) == (JobState.READY, 2)
    assert files(media) == [media / report.file]
    assert len(table(media / report.file, "Messages")) == 41
    for folder in (tmp_path / "builds").iterdir():  # the clean-up deletes them
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()


def expire_lease(report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reports_report SET leased_until = now() - interval '1 second' WHERE id = %s",
            [report.pk],
        )


def test_a_build_is_started_over_once(place: Any) -> None:
    report = traffic.report(place, state=JobState.RUNNING, attempts=2)
    expire_lease(report)
    assert not build(report)


@pytest.mark.parametrize("moment", ["reading", "saving"])
def test_a_worker_that_lost_its_lease_changes_nothing(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    report = traffic.report(place)

    def lose(*_: Any) -> None:
        in_another_thread(
            lambda: Report.objects.filter(pk=report.pk).update(attempts=2, rows_done=5)
        )

    if moment == "reading":
        monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0)
        monkeypatch.setattr(writer, "ROWS_BETWEEN_HEARTBEATS", 10)
        during_row(monkeypatch, 15, lose)
    else:
        save = FileSystemStorage._save
        monkeypatch.setattr(FileSystemStorage, "_save", lambda *args: (lose(), save(*args))[1])
    assert not build(report)
    report.refresh_from_db()
    assert (report.state, report.attempts, report.rows_done) == (JobState.RUNNING, 2, 5)
    assert files(media) == []


@pytest.mark.parametrize("moment", ["reading", "saving"])
def test_a_build_that_is_cancelled_leaves_no_file(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    report = traffic.report(place)

    def cancel(*_: Any) -> None:
        in_another_thread(
            lambda: jobs.cancel(report, cancelled_by=report.requested_by, at=traffic.NOW)
        )

    if moment == "reading":
        monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0)
        monkeypatch.setattr(writer, "ROWS_BETWEEN_HEARTBEATS", 10)
        during_row(monkeypatch, 15, cancel)
    else:
        save = FileSystemStorage._save
        monkeypatch.setattr(FileSystemStorage, "_save", lambda *args: (cancel(), save(*args))[1])
    assert not build(report)
    report.refresh_from_db()
    assert (report.state, report.failure) == (JobState.CANCELLED, "")
    assert files(media) == []
