"""Building: one moment, one worker at a time, proved or not shipped."""

import contextlib
import datetime as dt
import errno
import itertools
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection, connections, transaction
from python_calamine import CalamineWorkbook

from ledger.daily import daily_usage
from ledger.models import Balance
from locations import working
from reports import asking, building, claiming, writing
from reports.models import Report, ReportKind, ReportState
from reports.rows import international
from reports.sheet_rows import SheetRows
from reports.tasks import build_report
from tests.processes import LostProcess, race
from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, NOW, SWEDEN, files, utc

pytestmark = pytest.mark.usefixtures("cloned_database")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the reports; the folders of the builds are beside them."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "builds").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "builds"))
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def no_folder_is_left(tmp_path: Path, media: Path) -> Iterator[None]:
    yield
    assert list((tmp_path / "builds").iterdir()) == []


@pytest.fixture
def place() -> Any:
    made = traffic.location(time_zone="America/Chicago")
    for day in range(1, 11):
        at = utc(f"2026-05-{day:02} 10:00:00")
        traffic.texts(made, at, MEXICO, GERMANY, SWEDEN, profile={"First Name": "=1+1"})
        traffic.call(made, at + dt.timedelta(hours=1), GERMANY, 61)
        traffic.chat(made, at, f"Message {day}", has_image=day % 2 == 0)
    return made


def build(report: Report, **options: Any) -> bool:
    """Whether it was this one's turn, and it is ready now."""
    built = building.build_next(clock=traffic.stopped(), **options)
    return built is not None and (built.pk, built.state) == (report.pk, ReportState.READY)


def table(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def summary(path: Path) -> dict[str, Any]:
    lines = itertools.takewhile(lambda row: row[0], table(path, "Summary"))
    return {row[0]: row[1] for row in lines}


def test_the_international_workbook_agrees_with_the_daily_table(place: Any, media: Path) -> None:
    report = traffic.report(place)
    assert build(report)
    report.refresh_from_db()
    [path] = files(media)
    assert report.state == ReportState.READY
    assert (media / report.file, report.size_bytes) == (path, path.stat().st_size)
    assert (report.rows_done, report.rows_total, report.attempts) == (40, 40, 1)
    assert (report.started_at, report.finished_at, report.leased_until) == (NOW, NOW, None)

    moved = daily_usage(place, report.first_on, report.last_on).total
    assert report.credits == -(moved.text + moved.voice) == 10 * (7 + 6 + 2 * 29)
    heading, *messages = table(path, "Messages")
    assert heading[-1] == "Credits used"
    assert sum(row[-1] for row in messages) == report.credits
    with contextlib.closing(openpyxl.load_workbook(path, read_only=True)) as book:
        read = book["Messages"].iter_rows(min_row=2, values_only=True)
        assert sum(row[-1] for row in read) == report.credits
    assert summary(path) == {
        "International Messages": "",
        "Account": "Harbor Hotels",
        "Location": "Harbor",
        "First day": dt.date(2026, 5, 1),
        "Last day (included)": dt.date(2026, 5, 31),
        "Filters": "None",
        "Time zone": "America/Chicago",
        "Built at (America/Chicago)": dt.datetime(2026, 5, 20, 7, 0),
        "As of ledger entry number": Balance.objects.get(location=place).last_number,
        "Messages charged": 30,
        "Messages refused": 10,
        "Credits of the messages": report.credits,
        "Credits on the daily table": report.credits,
        "They agree": "Yes",
    }


def test_the_chat_workbook_agrees_with_the_daily_table(place: Any, media: Path) -> None:
    report = traffic.report(place, ReportKind.CHAT)
    assert build(report)
    report.refresh_from_db()
    [path] = files(media)
    assert report.credits == 5 * 2 + 5 * 4
    assert report.credits == -daily_usage(place, report.first_on, report.last_on).total.chat
    messages = table(path, "Messages")[1:]
    assert [row[1] for row in messages] == [f"Message {day}" for day in range(1, 11)]
    assert sum(row[5] for row in messages) == report.credits
    assert summary(path)["Chat Messages"] == ""
    assert summary(path)["They agree"] == "Yes"


def test_a_location_without_anything_gets_an_empty_workbook(media: Path) -> None:
    report = traffic.report(traffic.location())
    assert build(report)
    [path] = files(media)
    assert len(table(path, "Messages")) == 1
    assert summary(path)["As of ledger entry number"] == 0
    report.refresh_from_db()
    assert (report.state, report.credits, report.rows_done) == (ReportState.READY, 0, 0)


def test_many_rows_go_on_in_further_sheets(place: Any, media: Path) -> None:
    assert build(traffic.report(place), rows_per_sheet=15)
    [path] = files(media)
    names = ["Messages", "Messages 2", "Messages 3"]
    assert [len(table(path, name)) - 1 for name in names] == [15, 15, 10]


def test_the_name_of_the_file_cannot_be_guessed(place: Any, media: Path) -> None:
    report = traffic.report(place)
    build(report)
    [path] = files(media)
    assert path.parent == media / "reports"
    assert str(report.pk) not in str(path)
    assert uuid.UUID(path.stem).version == 4


def test_a_task_that_runs_twice_builds_once(place: Any, media: Path) -> None:
    report = traffic.report(place)
    build_report(str(report.pk))
    report.refresh_from_db()
    first = report.file
    build_report(str(report.pk))
    report.refresh_from_db()
    assert (report.state, report.attempts, report.file) == (ReportState.READY, 1, first)
    assert len(files(media)) == 1


def test_where_nothing_waits_nothing_is_built() -> None:
    assert building.build_next(clock=traffic.stopped()) is None


@pytest.mark.processes
def test_of_many_workers_one_builds(place: Any, media: Path) -> None:
    report = traffic.report(place)
    outcomes = race(builds_with_a_slow_claim, [{"report": report}] * 4)
    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 1]
    report.refresh_from_db()
    assert (report.state, report.attempts) == (ReportState.READY, 1)
    assert len(files(media)) == 1


def builds_with_a_slow_claim(report: Report) -> int:
    """How many were begun; time for the others between the look at the row and the write."""
    name, write = uuid.uuid4, building.write
    begun = []

    def slowly() -> uuid.UUID:
        time.sleep(0.3)
        return name()

    def counted(*args: Any) -> Any:
        begun.append(args)
        return write(*args)

    uuid.uuid4 = slowly
    building.write = counted
    build(report)
    return len(begun)


@pytest.mark.parametrize("state", [ReportState.FAILED, ReportState.EXPIRED])
def test_what_is_over_is_not_built_again(place: Any, media: Path, state: str) -> None:
    assert not build(traffic.report(place, state=state))
    assert files(media) == []


def test_a_report_that_another_worker_builds_is_left_alone(place: Any, media: Path) -> None:
    report = traffic.report(place)
    assert claiming.claim_next(at=NOW) is not None
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
    assert (report.state, report.attempts) == (ReportState.RUNNING, 1)
    assert not build(report)

    expire_lease(report)
    assert build(report)
    report.refresh_from_db()
    assert (report.state, report.attempts) == (ReportState.READY, 2)
    assert files(media) == [media / report.file]
    assert len(table(media / report.file, "Messages")) == 41
    for folder in (tmp_path / "builds").iterdir():  # the sweep's to remove
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
    report = traffic.report(place, state=ReportState.RUNNING, attempts=2)
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
        monkeypatch.setattr(working, "PROGRESS_SECONDS", 0)
        monkeypatch.setattr(writing, "ROWS_BETWEEN_LOOKS", 10)
        during_row(monkeypatch, 15, lose)
    else:
        save = FileSystemStorage._save
        monkeypatch.setattr(FileSystemStorage, "_save", lambda *args: (lose(), save(*args))[1])
    assert not build(report)
    report.refresh_from_db()
    assert (report.state, report.attempts, report.rows_done) == (ReportState.RUNNING, 2, 5)
    assert files(media) == []


@pytest.mark.parametrize("moment", ["reading", "saving"])
def test_a_build_that_is_cancelled_leaves_no_file(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    report = traffic.report(place)

    def cancel(*_: Any) -> None:
        in_another_thread(
            lambda: asking.cancel(report, cancelled_by=report.asked_by, at=traffic.NOW)
        )

    if moment == "reading":
        monkeypatch.setattr(working, "PROGRESS_SECONDS", 0)
        monkeypatch.setattr(writing, "ROWS_BETWEEN_LOOKS", 10)
        during_row(monkeypatch, 15, cancel)
    else:
        save = FileSystemStorage._save
        monkeypatch.setattr(FileSystemStorage, "_save", lambda *args: (cancel(), save(*args))[1])
    assert not build(report)
    report.refresh_from_db()
    assert (report.state, report.failure) == (ReportState.CANCELLED, "")
    assert files(media) == []


def during_row(monkeypatch: pytest.MonkeyPatch, number: int, action: Any) -> None:
    """Do something while that row of a workbook is on its way."""
    seen = iter(range(1, 10_000))
    append = SheetRows.append

    def watched(*args: Any) -> None:
        if next(seen) == number:
            action()
        append(*args)

    monkeypatch.setattr(SheetRows, "append", watched)


def in_another_thread(action: Any) -> None:
    """With a connection of its own: this thread's one sits in the build's transaction."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            action()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if problems:
        raise problems[0]


def test_progress_is_seen_from_outside_and_keeps_the_lease(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = traffic.report(place)
    monkeypatch.setattr(working, "PROGRESS_SECONDS", 0)
    monkeypatch.setattr(writing, "ROWS_BETWEEN_LOOKS", 10)
    seen: list[Any] = []

    def look() -> None:
        now = Report.objects.get(pk=report.pk)
        seen.append((now.state, now.rows_done, now.rows_total))
        assert now.leased_until is not None
        seen.append(now.leased_until)

    during_row(monkeypatch, 25, lambda: in_another_thread(look))
    assert build(report)
    assert seen[0] == (ReportState.RUNNING, 20, 40)
    report.refresh_from_db()
    assert report.rows_done == 40


def test_a_report_shows_one_moment_whatever_is_charged_meanwhile(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = traffic.report(place)
    number = Balance.objects.get(location=place).last_number
    during_row(
        monkeypatch,
        3,
        lambda: in_another_thread(
            lambda: traffic.texts(place, utc("2026-05-11 10:00:00"), MEXICO, MEXICO)
        ),
    )
    assert build(report)
    report.refresh_from_db()
    assert Balance.objects.get(location=place).last_number == number + 1
    assert report.rows_done == 40
    assert summary(media / report.file)["As of ledger entry number"] == number


def test_rows_that_differ_from_the_daily_table_are_not_shipped(place: Any, media: Path) -> None:
    with connection.cursor() as cursor:  # what only somebody who went round every guard can do
        cursor.execute("ALTER TABLE ledger_internationalmessage DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_internationalmessage SET credits = credits + 1 WHERE id ="
            " (SELECT min(id) FROM ledger_internationalmessage WHERE credits > 0)"
        )
    report = traffic.report(place)
    assert not build(report)
    report.refresh_from_db()
    assert (report.state, report.file, report.leased_until) == (ReportState.FAILED, "", None)
    assert "The rows come to 711 credits, the daily table says 710" in report.failure
    assert (report.finished_at, report.size_bytes, report.credits) == (NOW, None, None)
    assert files(media) == []


def test_a_full_disk_leaves_a_reason_and_no_half_file(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(self: Any, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read()[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", half)
    report = traffic.report(place)
    assert not build(report)
    report.refresh_from_db()
    assert report.state == ReportState.FAILED
    assert report.failure.startswith("There was no room left for the file.")
    assert files(media) == []


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (OperationalError("server closed"), "The database could not be read to the end."),
        (ValueError("with a secret"), "Something went wrong (ValueError); it is in the log."),
    ],
)
def test_any_error_fails_the_build_with_a_reason_for_people(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception, reason: str
) -> None:
    def fail() -> None:
        raise problem

    during_row(monkeypatch, 15, fail)
    report = traffic.report(place)
    assert not build(report)
    report.refresh_from_db()
    assert report.state == ReportState.FAILED
    assert report.failure.startswith(reason)
    assert files(media) == []


def test_a_lost_database_connection_fails_the_build_and_the_next_one_works(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut() -> None:
        me = connection.connection.info.backend_pid

        def kill() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [me])

        in_another_thread(kill)

    monkeypatch.setattr(international, "AT_ONCE", 10)
    during_row(monkeypatch, 15, cut)
    report = traffic.report(place)
    assert not build(report)
    report.refresh_from_db()
    assert report.failure.startswith("The database could not be read to the end.")
    assert build(traffic.report(place))
    assert len(files(media)) == 1


def test_a_build_does_not_run_inside_a_transaction(place: Any) -> None:
    report = traffic.report(place)
    with pytest.raises(RuntimeError), transaction.atomic():
        build(report)


def test_hostile_text_from_the_ledger_stays_text(media: Path) -> None:
    place = traffic.location(name="=Harbor")
    texts = ["=1+1", "#N/A", "_x0041_", "bell\x07", "שלום", "😀" * 20_000, "@SUM(A1)", "a\r\nb"]
    for second, text in enumerate(texts):
        traffic.chat(place, utc(f"2026-05-04 10:00:0{second}"), text)
    assert build(traffic.report(place, ReportKind.CHAT))
    [path] = files(media)
    shown = ["=1+1", "#N/A", "_x0041_", "bell\ufffd", "שלום", "😀" * 16_380 + "… (cut)"]
    shown += ["@SUM(A1)", "a\nb"]
    assert [row[1] for row in table(path, "Messages")[1:]] == shown
    sheet = openpyxl.load_workbook(path)["Messages"]
    assert [sheet.cell(row, 2).value for row in range(2, 10)] == shown
    assert {sheet.cell(row, 2).data_type for row in range(2, 10)} == {"s"}
    assert summary(path)["Location"] == "=Harbor"
