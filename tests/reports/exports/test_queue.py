"""Whose turn it is: fair between locations, so many at once, and never two for one report."""

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from locations import jobs
from locations.models import Location
from locations.models.jobs import JobState
from reports import tasks
from reports.exports import queue
from reports.exports.build import WatchedReader
from reports.models import Report
from tests.processes import race
from tests.reports import traffic
from tests.reports.traffic import NOW

pytestmark = pytest.mark.usefixtures("cloned_database")


def waiting(place: Location, count: int, *, minutes_ago: int = 0) -> list[Report]:
    made = [traffic.report(place) for _ in range(count)]
    for number, report in enumerate(made):
        requested_at = NOW - dt.timedelta(minutes=minutes_ago, seconds=-number)
        Report.objects.filter(pk=report.pk).update(requested_at=requested_at)
    return made


def claim(seconds: int = 0) -> Any:
    report = queue.claim_next(at=NOW + dt.timedelta(seconds=seconds))
    return report and report.pk


def finish(pk: Any) -> None:
    Report.objects.filter(pk=pk).update(state=JobState.FAILED)


def test_locations_take_turns_however_many_reports_one_has_asked_for() -> None:
    many = waiting(traffic.location(), 3, minutes_ago=10)
    few = waiting(traffic.location(name="Other"), 2)
    turns = []
    for second in range(5):
        turns.append(claim(second))
        finish(turns[-1])
    assert turns == [many[0].pk, few[0].pk, many[1].pk, few[1].pk, many[2].pk]
    assert claim() is None


def test_the_location_with_the_fewest_builds_comes_first() -> None:
    busy = waiting(traffic.location(), 3, minutes_ago=10)
    idle = waiting(traffic.location(name="Other"), 1)
    assert [claim(), claim(1), claim(2)] == [busy[0].pk, idle[0].pk, busy[1].pk]


def test_a_location_has_so_many_builds_at_once() -> None:
    asked = waiting(traffic.location(), 4)
    assert [claim() for _ in range(4)] == [asked[0].pk, asked[1].pk, None, None]
    finish(asked[0].pk)
    assert claim() == asked[2].pk


def test_all_locations_together_have_so_many_builds_at_once(settings: Any) -> None:
    settings.REPORT_MAX_CONCURRENT_BUILDS = 3
    for number in range(5):
        waiting(traffic.location(name=f"Location {number}"), 1)
    taken = [claim() for _ in range(5)]
    assert [pk is not None for pk in taken] == [True, True, True, False, False]
    # A build whose worker died does not keep its place.
    Report.objects.filter(pk=taken[0]).update(leased_until=Now() - dt.timedelta(seconds=1))
    assert claim() is not None


@pytest.mark.processes
def test_workers_that_choose_at_once_keep_the_limit(settings: Any) -> None:
    settings.REPORT_MAX_CONCURRENT_BUILDS = 2
    for number in range(6):
        waiting(traffic.location(name=f"Location {number}"), 1)
    outcomes = race(claim_slowly, [{}] * 6)
    assert [outcome.error for outcome in outcomes] == [""] * 6
    assert Report.objects.filter(state=JobState.RUNNING).count() == 2
    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 0, 1, 1]


def claim_slowly() -> int:
    """Time for the others between the count and the claim."""
    count = queue._running

    def slowly() -> Any:
        time.sleep(0.1)
        return count()

    queue._running = slowly
    return int(claim() is not None)


def test_whoever_ends_a_build_wakes_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = waiting(traffic.location(), 2)
    woken: list[Any] = []
    monkeypatch.setattr(jobs, "enqueue", lambda job_class, pk, **_: woken.append(pk) or True)
    tasks.build_report(str(second.pk))
    first.refresh_from_db()
    assert (first.state, woken) == (JobState.READY, [second.pk])
    tasks.build_report(str(first.pk))
    tasks.build_report(str(first.pk))
    assert woken == [second.pk]


def test_a_file_calls_the_watch_while_it_is_read(tmp_path: Path) -> None:
    calls: list[int] = []
    (tmp_path / "file").write_bytes(b"abc")
    with WatchedReader(tmp_path / "file", lambda: calls.append(1)) as read:
        assert (read.read(2), read.read()) == (b"ab", b"c")
    assert len(calls) == 2


def test_the_lease_is_kept_while_the_file_is_put_away(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    place = traffic.location()
    traffic.texts(place, traffic.utc("2026-05-04 10:00:00"), traffic.MEXICO)
    waiting(place, 1)
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0)
    renewed: list[Any] = []
    renew = jobs.Lease.renew

    def counted(self: Any, rows_done: int, rows_total: int | None = None) -> None:
        renewed.append((rows_done, rows_total))
        renew(self, rows_done, rows_total)

    monkeypatch.setattr(jobs.Lease, "renew", counted)
    tasks.build_report("")
    # Counted, written; then at every piece of the upload, of which the last is empty.
    assert renewed == [(0, 1), (1, None), (1, None), (1, None)]
