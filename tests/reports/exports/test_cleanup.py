"""Every report comes to an end, whatever was lost, and nothing is stored for ever."""

import datetime as dt
import logging
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db.models.functions import Now

from locations import jobs
from locations.models.jobs import Job, JobState
from locations.tasks import requeue_stale_jobs
from reports.exports import cleanup, temp_dirs
from reports.models import Report
from tests.reports import traffic
from tests.reports.traffic import NOW, files

pytestmark = pytest.mark.django_db
RUNNING, QUEUED = JobState.RUNNING, JobState.QUEUED


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.REPORT_RETENTION_DAYS = 30
    (tmp_path / "builds").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "builds"))
    return tmp_path / "media"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The ids that were handed to the broker."""
    ids: list[Any] = []

    def enqueue(job_class: type[Job], pk: Any, *, expires_seconds: int | None = None) -> bool:
        assert (job_class, expires_seconds) == (Report, jobs.TASK_EXPIRES_SECONDS)
        ids.append(pk)
        return True

    monkeypatch.setattr(jobs, "enqueue", enqueue)
    return ids


def report(*, lease_seconds: int | None = None, minutes_old: int = 10, **fields: Any) -> Report:
    place = traffic.Location.objects.first() or traffic.location()
    made = traffic.report(place, **fields)
    Report.objects.filter(pk=made.pk).update(requested_at=NOW - dt.timedelta(minutes=minutes_old))
    if lease_seconds is not None:
        Report.objects.filter(pk=made.pk).update(
            leased_until=Now() + dt.timedelta(seconds=lease_seconds)
        )
    return made


def with_file(media: Path, **fields: Any) -> Report:
    name = f"reports/{len(files(media))}.xlsx"
    (media / "reports").mkdir(parents=True, exist_ok=True)
    (media / name).write_bytes(b"workbook")
    return report(file=name, credits=0, **fields)


def test_what_was_never_queued_or_was_left_is_queued_again(queued: list[Any]) -> None:
    lost = report(state=QUEUED, minutes_old=2)
    left = report(state=RUNNING, attempts=1, lease_seconds=-1)
    report(state=QUEUED, minutes_old=0)
    report(state=RUNNING, attempts=1, lease_seconds=60)
    report(state=JobState.FAILED, attempts=1, lease_seconds=-1)
    jobs.requeue_stale_jobs(at=NOW)
    cleanup.clean_up(at=NOW)
    assert set(queued) == {lost.pk, left.pk}
    assert Report.objects.filter(state=QUEUED).count() == 2


def test_the_oldest_comes_first_and_a_lost_broker_ends_the_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = [report(minutes_old=age).pk for age in (3, 9, 6)]
    seen: list[Any] = []
    monkeypatch.setattr(
        jobs, "enqueue", lambda job_class, pk, **_: seen.append(pk) or len(seen) < 2
    )
    jobs.requeue_stale_jobs(at=NOW)
    assert seen == [asked[1], asked[2]]


def test_what_was_interrupted_twice_has_failed(queued: list[Any], media: Path) -> None:
    worn_out = with_file(media, state=RUNNING, attempts=jobs.MAX_ATTEMPTS, lease_seconds=-1)
    alive = report(state=RUNNING, attempts=jobs.MAX_ATTEMPTS, lease_seconds=60)
    jobs.requeue_stale_jobs(at=NOW)
    cleanup.clean_up(at=NOW)
    worn_out.refresh_from_db()
    alive.refresh_from_db()
    assert (worn_out.state, worn_out.failure) == (
        JobState.FAILED,
        "Building it was interrupted 2 times.",
    )
    assert (worn_out.finished_at, worn_out.leased_until, worn_out.file) == (NOW, None, "")
    assert alive.state == RUNNING
    assert queued == []
    assert files(media) == []


def test_a_report_is_kept_for_its_days_and_then_deleted_with_a_line_in_the_log(
    queued: list[Any], media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    day = dt.timedelta(days=1)
    old = with_file(media, state=JobState.READY, finished_at=NOW - 30 * day - day / 24)
    young = with_file(media, state=JobState.READY, finished_at=NOW - 29 * day)
    with caplog.at_level(logging.INFO):
        jobs.requeue_stale_jobs(at=NOW)
        cleanup.clean_up(at=NOW)
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, old.file) == (JobState.EXPIRED, "")
    assert young.state == JobState.READY
    assert files(media) == [media / young.file]
    assert f"report {old.pk}, expired: its file is deleted" in caplog.text
    jobs.requeue_stale_jobs(at=NOW)
    cleanup.clean_up(at=NOW)
    assert files(media) == [media / young.file]


def test_a_file_that_cannot_be_deleted_now_is_deleted_later(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = with_file(media, state=JobState.EXPIRED)
    with monkeypatch.context() as context:

        def refuse(*_: Any) -> None:
            raise PermissionError("read-only")

        context.setattr(FileSystemStorage, "delete", refuse)
        cleanup.delete_leftovers(at=NOW)
    old.refresh_from_db()
    assert (media / old.file).exists()
    cleanup.delete_leftovers(at=NOW)
    old.refresh_from_db()
    assert (old.file, files(media)) == ("", [])


def test_what_a_killed_builder_left_of_a_cancelled_report_is_deleted(media: Path) -> None:
    with_file(media, state=JobState.CANCELLED)
    cleanup.delete_leftovers(at=NOW)
    assert files(media) == []


def test_a_file_that_has_gone_already_is_no_error(media: Path) -> None:
    old = with_file(media, state=JobState.EXPIRED)
    (media / old.file).unlink()
    cleanup.delete_leftovers(at=NOW)
    old.refresh_from_db()
    assert old.file == ""


def test_folders_of_killed_builds_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    running = report(state=RUNNING, lease_seconds=-1, attempts=2)
    over = report(state=JobState.READY, file="x", credits=0, attempts=1)
    dead = {f"{running.pk}-1-a", f"{over.pk}-1-a"}
    alive = {f"{running.pk}-2-a", "nobody-knows", f"{uuid.uuid4()}-1-a"}
    for name in dead | alive:
        (builds / f"redflag-report-{name}").mkdir()
        (builds / f"redflag-report-{name}" / "sheet-1.xml").write_text("rows")
    temp_dirs.delete_dead(at=NOW)
    assert {path.name for path in builds.iterdir()} == {f"redflag-report-{n}" for n in alive}


def test_folders_that_nobody_knows_go_after_a_day(tmp_path: Path) -> None:
    builds = tmp_path / "builds"
    for name, hours in [("redflag-report-old", 25), ("redflag-report-new", 1), ("other", 25)]:
        (builds / name).mkdir()
        stamp = (NOW - dt.timedelta(hours=hours)).timestamp()
        os.utime(builds / name, (stamp, stamp))
    cleanup.delete_leftovers(at=NOW)
    assert sorted(path.name for path in builds.iterdir()) == ["other", "redflag-report-new"]


def test_task_requeues(queued: list[Any]) -> None:
    lost = report()
    requeue_stale_jobs()
    assert queued == [lost.pk]
