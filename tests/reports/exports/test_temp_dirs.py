"""Disks that are full, for the folder of the build and for the storage."""

import contextlib
import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import OperationalError
from django.test import Client

from locations import jobs
from locations.models.jobs import JobState
from reports.exports import build, cleanup
from reports.models import Report
from tests.factories import make_user
from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, files, utc

pytestmark = pytest.mark.usefixtures("shared_clone")
NO_ROOM = "There was no room left for the file. Try again later, or a shorter range."


@contextlib.contextmanager
def small_disk(path: Path, kibibytes: int) -> Iterator[Path]:
    """A file system of its own; where none may be mounted, no file may grow beyond a part of it."""
    path.mkdir(exist_ok=True)
    if os.geteuid() == 0 and not shell(
        "mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", path
    ):
        try:
            yield path
        finally:
            assert shell("umount", "-l", path) == 0
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kibibytes * 1024 // 4, before[1]))
    try:
        yield path
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def shell(*command: object) -> int:
    return subprocess.run([str(c) for c in command], capture_output=True, check=False).returncode


@pytest.fixture
def place() -> Any:
    made = traffic.location()
    for minute in range(60):
        at = utc(f"2026-05-04 10:{minute:02}:00")
        profile = {"First Name": os.urandom(120).hex()}
        traffic.texts(made, at, *[MEXICO, GERMANY] * 10, profile=profile)
    return made


def failure(report: Report) -> str:
    report.refresh_from_db()
    assert (report.state, report.file, report.leased_until) == (JobState.FAILED, "", None)
    return report.failure


def test_a_full_storage_keeps_no_half_file_and_the_next_build_works(
    place: Any, tmp_path: Path, settings: Any
) -> None:
    report = traffic.report(place)
    with small_disk(tmp_path / "media", 40) as media:
        settings.MEDIA_ROOT = media
        build.build_next(clock=traffic.stopped())
        assert failure(report) == NO_ROOM
        assert files(media) == []
    settings.MEDIA_ROOT = tmp_path / "roomy"
    again = traffic.report(place)
    build.build_next(clock=traffic.stopped())
    again.refresh_from_db()
    assert again.state == JobState.READY


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.8])
@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_full_disk_of_the_builds_fails_the_build_wherever_it_runs_out(
    place: Any,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    format: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "roomy"
    whole = traffic.report(place, format=format)
    build.build_next(clock=traffic.stopped())
    whole.refresh_from_db()
    assert whole.size_bytes is not None
    settings.MEDIA_ROOT = tmp_path / "media"
    report = traffic.report(place, format=format)
    with small_disk(tmp_path / "builds", max(4, int(whole.size_bytes / 1024 * share))) as builds:
        monkeypatch.setattr("tempfile.tempdir", str(builds))
        build.build_next(clock=traffic.stopped())
        report.refresh_from_db()
        assert list(builds.iterdir()) == []
    assert failure(report) == NO_ROOM
    assert files(tmp_path / "media") == []


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (OSError(errno.EDQUOT, "Disk quota exceeded"), NO_ROOM),
        (
            ConnectionResetError("gone"),
            "The file could not be written. Try again later.",
        ),
    ],
)
def test_a_storage_that_refuses_is_a_reason_for_people(
    place: Any,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    problem: Any,
    reason: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path

    def refuse(*_: Any, **__: Any) -> str:
        raise problem

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", refuse)
    report = traffic.report(place)
    build.build_next(clock=traffic.stopped())
    assert failure(report) == reason


def test_a_database_that_is_gone_for_good_leaves_the_report_to_be_started_over_once(
    place: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    report = traffic.report(place)

    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("server closed the connection")

    for attempt in (1, 2):
        with monkeypatch.context() as context:
            context.setattr("django.core.files.storage.FileSystemStorage._save", gone)
            context.setattr(jobs, "_own", gone)
            build.build_next(clock=traffic.stopped())
        report.refresh_from_db()
        assert (report.state, report.attempts) == (JobState.RUNNING, attempt)
        Report.objects.update(leased_until=traffic.NOW.replace(year=2020))
    assert files(tmp_path) == []
    assert build.build_next(clock=traffic.stopped()) is None
    assert jobs.fail_interrupted(Report, at=traffic.NOW) == 1
    report.refresh_from_db()
    assert report.failure == "Building it was interrupted 2 times."


class StorageDown(Exception):
    """As botocore's: no OSError."""


class ObjectStorage(Storage):
    """What an object storage can do, and nothing else: it has keys, each with whole content.

    It has no paths, appends to nothing, writes no key twice, and may store under another key than
    the one it was given. Like boto3 it reads what it uploads in a thread of its own, in parts.
    """

    kept: ClassVar[dict[str, bytes]] = {}

    def _open(self, name: str, mode: str = "rb") -> File:
        assert mode == "rb"
        return ContentFile(self.kept[name], name)

    def _save(self, name: str, content: File) -> str:
        key = f"bucket-1/{name}"
        assert key not in self.kept
        with ThreadPoolExecutor(max_workers=1) as thread:
            self.kept[key] = b"".join(thread.submit(self._parts, content).result())
        return key

    def _parts(self, content: File) -> list[bytes]:
        content.seek(0)
        return list(iter(lambda: content.read(1_000), b""))

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)  # what is not there is no error

    def exists(self, name: str) -> bool:
        return name in self.kept

    def size(self, name: str) -> int:
        return len(self.kept[name])


@pytest.fixture
def objects(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    monkeypatch.setattr(ObjectStorage, "kept", {})
    backend = f"{ObjectStorage.__module__}.{ObjectStorage.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend}}
    return ObjectStorage.kept


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_an_object_storage_keeps_hands_out_and_forgets_reports(
    place: Any,
    objects: dict[str, bytes],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    format: str,
) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0)  # the lease is renewed at every part
    report = traffic.report(place, format=format)
    build.build_next(clock=traffic.stopped())
    report.refresh_from_db()
    assert (report.state, report.failure) == (JobState.READY, "")
    [(key, content)] = objects.items()
    assert (key, len(content)) == (report.file, report.size_bytes)
    assert key.startswith("bucket-1/reports/")
    client.force_login(make_user(is_staff=True, is_superuser=True))
    answer = client.get(f"/reports/{report.pk}/download/")
    assert (b"".join(answer.streaming_content), answer["Cache-Control"]) == (
        content,
        "private, no-store",
    )
    Report.objects.update(state=JobState.EXPIRED)
    cleanup.delete_leftovers(at=traffic.NOW)
    assert objects == {}


@pytest.mark.parametrize("problem", [ConnectionResetError("gone"), StorageDown("gone")])
def test_an_object_storage_that_breaks_off_fails_the_report_and_the_clean_up_deletes_the_rest(
    place: Any, objects: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def broken(self: Any, name: str, content: Any = None) -> str:
        if content:
            objects[name] = content.read(100)
        raise problem

    report = traffic.report(place)
    with monkeypatch.context() as down:
        down.setattr(ObjectStorage, "_save", broken)
        down.setattr(ObjectStorage, "delete", broken)
        build.build_next(clock=traffic.stopped())
        report.refresh_from_db()
        assert (report.state, report.leased_until) == (JobState.FAILED, None)
        assert report.failure == "The file could not be written. Try again later."
        assert list(objects) == [report.file]
        cleanup.clean_up(at=traffic.NOW)
        assert list(objects) == [report.file]
    cleanup.clean_up(at=traffic.NOW)
    assert objects == {}
    assert failure(report) == "The file could not be written. Try again later."
