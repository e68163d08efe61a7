"""Builds that fail: a reason for people, and no file."""

import errno
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection

from locations.models.jobs import JobState
from reports.exports.kinds import international
from tests.reports import traffic
from tests.reports.exports.builds import build, during_row, in_another_thread
from tests.reports.traffic import NOW, files

pytestmark = pytest.mark.usefixtures("shared_clone", "no_folder_is_left")


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
    assert (report.state, report.file, report.leased_until) == (JobState.FAILED, "", None)
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
    assert report.state == JobState.FAILED
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
    assert report.state == JobState.FAILED
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

    monkeypatch.setattr(international, "CHUNK_SIZE", 10)
    during_row(monkeypatch, 15, cut)
    report = traffic.report(place)
    assert not build(report)
    report.refresh_from_db()
    assert report.failure.startswith("The database could not be read to the end.")
    assert build(traffic.report(place))
    assert len(files(media)) == 1
