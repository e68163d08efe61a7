"""Clean-up of long estimates: lists that were left, old results, lost tasks."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from locations import jobs
from locations.models import Location, User
from locations.models.jobs import JobState
from reports.estimates import cleanup
from reports.estimates.jobs import delete_long_estimate, own_estimates
from reports.exports import cleanup as report_cleanup
from reports.models import LongEstimate
from reports.tasks import clean_up_jobs
from tests.factories import MEXICO, NOON
from tests.reports.estimates.long.lists import ask, done
from tests.reports.traffic import files


def test_a_list_that_a_disk_keeps_back_is_deleted_by_the_clean_up(
    soho: Location, manager: User, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (ask(soho, manager, MEXICO) for _ in range(2))
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "delete_file", lambda name: False)
        done(first)
        delete_long_estimate(second, at=NOON)
    assert len(files(storage)) == 2
    assert list(own_estimates(soho, manager)) == [first]
    cleanup.clean_up(at=NOON)
    assert files(storage) == []
    assert list(LongEstimate.objects.all()) == [first]


def test_an_answer_is_deleted_after_a_day_and_one_that_nobody_came_to_fails(
    soho: Location, manager: User, storage: Path
) -> None:
    over, waiting = done(ask(soho, manager, MEXICO)), ask(soho, manager, MEXICO)
    day = dt.timedelta(hours=24)
    cleanup.clean_up(at=NOON + day)
    assert set(LongEstimate.objects.values_list("state", flat=True)) == {"ready", "queued"}
    cleanup.clean_up(at=NOON + day + dt.timedelta(minutes=1))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.failure) == (
        JobState.FAILED,
        "Nobody came to it in time. Try again later.",
    )
    assert not LongEstimate.objects.filter(pk=over.pk).exists()
    assert files(storage) == []


def test_what_may_not_have_been_queued_is_queued_again(
    soho: Location, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[Any] = []
    asked = ask(soho, manager, MEXICO)
    monkeypatch.setattr(
        jobs,
        "enqueue",
        lambda job_class, pk, expires_seconds: queued.append((job_class.task, pk)) or True,
    )
    jobs.requeue_stale_jobs(at=NOON)
    assert queued == []
    jobs.requeue_stale_jobs(at=NOON + dt.timedelta(minutes=2))
    assert queued == [("reports.tasks.price_long_estimate", asked.pk)]


def test_lists_are_deleted_even_if_the_clean_up_of_reports_fails(
    soho: Location, manager: User, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*, at: dt.datetime) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "delete_file", lambda name: False)
        done(ask(soho, manager, MEXICO))
    assert len(files(storage)) == 1
    monkeypatch.setattr(report_cleanup, "clean_up", fail)
    with pytest.raises(OSError):
        clean_up_jobs()
    assert files(storage) == []
