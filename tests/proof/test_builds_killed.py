"""A real worker with a real broker: killed at many moments, and the broker restarted under it.

Bounded here; `make prove` kills at ten moments (PROVE=1) and lists what became of each report.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import current_app
from django.db.models.functions import Now
from django.utils import timezone

from locations import jobs
from locations.models import Location
from locations.models.jobs import JobState
from redflag_credits.devserver import paths, servers, supervisor, valkey
from reports.exports import cleanup, requests
from reports.models import Report, ReportKind
from tests.databases import Clone
from tests.product import LiveProduct
from tests.proof.telling import tell
from tests.proving import FULL_LENGTH, short_or_full
from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, files, utc

MESSAGES, AT_ONCE = short_or_full(20_000, 60_000), 10_000
# Seconds after the build began; the last ones are past its end.
MOMENTS = [0.0, 0.1, 0.3, 0.6, 0.9, 1.2, 1.6, 2.0, 2.5, 3.0]
MOMENTS = MOMENTS if FULL_LENGTH else [0.0, 0.3]
PATIENCE_SECONDS = 90
CREDITS = MESSAGES // 2 * (7 + 6)

pytestmark = [pytest.mark.processes, pytest.mark.proof]


@pytest.fixture
def broker(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Valkey of this test's own, which it may kill; its data folder."""
    data_dir = tmp_path / "broker"
    servers.use(data_dir, with_postgres=False)
    settings.REDIS_URL = paths.redis_url(data_dir)
    monkeypatch.setattr(
        current_app.conf, "broker_write_url", paths.broker_url(settings.REDIS_URL), raising=False
    )
    return data_dir


@pytest.fixture
def product(
    cloned_database: Clone, broker: Path, tmp_path: Path, settings: Any, monkeypatch: Any
) -> Iterator[LiveProduct]:
    """Workers alone; their files and temporary folders are the test's."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setenv("MEDIA_ROOT", str(tmp_path / "media"))
    (tmp_path / "builds").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "builds"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "builds"))
    product = LiveProduct(database=cloned_database, logs=tmp_path)
    yield product
    product.stop()


@pytest.fixture
def place(product: LiveProduct) -> Location:
    made = traffic.location(included=10_000_000)
    for hour in range(MESSAGES // AT_ONCE):
        at = utc(f"2026-05-04 {hour:02}:00:00")
        traffic.texts(made, at, *[MEXICO, GERMANY] * (AT_ONCE // 2), profile={"City": "Kiel"})
    return made


def ask(place: Location) -> Report:
    return requests.request_report(
        place,
        kind=ReportKind.INTERNATIONAL,
        first_on=traffic.dt.date(2026, 5, 1),
        last_on=traffic.dt.date(2026, 5, 31),
        requested_by=traffic.person(),
        at=timezone.now(),
    )


def until(report: Report, *states: str, product: LiveProduct) -> Report:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        report.refresh_from_db()
        if report.state in states:
            return report
        time.sleep(0.01)
    raise AssertionError(f"Still {report.state}:\n{product.log('worker')}")


def kill_worker(product: LiveProduct) -> None:
    worker = product.processes.pop()
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def wait_for_its_file(data_dir: Path) -> None:
    """All that the broker was told stands in its file: it may answer up to two seconds before."""
    with redis.Redis.from_url(paths.redis_url(data_dir)) as server:
        server.set("told", "last")  # WAITAOF is about one connection; the file is in order
        assert server.execute_command("WAITAOF", 1, 0, PATIENCE_SECONDS * 1000)[0] == 1


def kill_broker(data_dir: Path) -> None:
    with redis.Redis.from_url(paths.redis_url(data_dir)) as server:
        os.kill(server.info("server")["process_id"], signal.SIGKILL)
    # A connection may be closed before the socket that listens: a start would take it for alive.
    while supervisor.answers(paths.socket_dir(data_dir) / paths.REDIS_SOCKET):
        time.sleep(0.01)


def clean_up_after_expired_leases() -> None:
    Report.objects.filter(state=JobState.RUNNING).update(leased_until=Now() - jobs.LEASE)
    at = timezone.now() + 2 * jobs.REQUEUE_AFTER
    jobs.requeue_stale_jobs(at=at)
    cleanup.clean_up(at=at)


def is_whole(report: Report) -> bool:
    return (report.rows_done, report.credits) == (MESSAGES, CREDITS)


def test_a_worker_killed_at_any_moment_leaves_a_report_that_is_built_once_more(
    product: LiveProduct, place: Location, tmp_path: Path
) -> None:
    ends = []
    for moment in MOMENTS:
        product.start_worker()
        report = until(ask(place), JobState.RUNNING, JobState.READY, product=product)
        time.sleep(moment)
        kill_worker(product)
        report.refresh_from_db()
        killed = f"{report.state}, {report.rows_done:,} rows shown"
        assert report.state in (JobState.RUNNING, JobState.READY)
        clean_up_after_expired_leases()
        product.start_worker()
        report = until(report, JobState.READY, JobState.FAILED, product=product)
        kill_worker(product)
        cleanup.clean_up(at=timezone.now())
        assert report.state == JobState.READY
        assert is_whole(report)
        assert report.attempts == (1 if killed.startswith(JobState.READY) else 2)
        kept = Report.objects.filter(state=JobState.READY).values_list("file", flat=True)
        assert files(tmp_path / "media") == sorted(tmp_path / "media" / name for name in kept)
        assert list((tmp_path / "builds").iterdir()) == []
        ends.append(
            f"killed after {moment:.1f} s ({killed}): {report.state}, "
            f"attempts {report.attempts}, {len(kept)} files for {len(kept)} reports, no folder left"
        )
    tell("\n".join(ends))


def test_a_broker_that_is_killed_and_comes_back_loses_no_report(
    product: LiveProduct, place: Location, broker: Path, tmp_path: Path
) -> None:
    waiting = ask(place)  # in the broker's own file before any worker looks
    wait_for_its_file(broker)
    kill_broker(broker)
    valkey.start(broker)
    product.start_worker()
    assert is_whole(until(waiting, JobState.READY, product=product))

    building = until(ask(place), JobState.RUNNING, product=product)
    kill_broker(broker)
    asked_meanwhile = ask(place)
    assert asked_meanwhile.state == JobState.QUEUED
    built = until(building, JobState.READY, product=product)
    valkey.start(broker)
    time.sleep(1)
    clean_up_after_expired_leases()
    late = until(asked_meanwhile, JobState.READY, product=product)
    assert [is_whole(report) for report in (built, late)] == [True, True]
    assert [report.attempts for report in (waiting, built, late)] == [1, 1, 1]
    assert len(files(tmp_path / "media")) == 3
    tell(
        "the broker was killed and restarted: what waited in it is ready, "
        "what was being built is ready, what was asked for without it is ready; 3 files"
    )
