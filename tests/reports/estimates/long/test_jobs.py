"""Estimates of lists longer than one broadcast: worked out by the worker, and then forgotten."""

import datetime as dt
import logging
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.state import ProjectState

from locations.jobs import Lease
from locations.models import Location, User
from locations.models.jobs import JobState
from reports.estimates import jobs
from reports.estimates.jobs import delete_long_estimate, run_long_estimate
from reports.models import LongEstimate
from tests.factories import FRANCE, GERMANY, MEXICO, NOON
from tests.processes import race
from tests.reports.estimates.long.lists import ask, done, random_numbers
from tests.reports.traffic import files

LATER = NOON + dt.timedelta(minutes=5)
rename_figures = import_module("reports.migrations.0005_estimate_figures").Migration.operations


def test_the_list_is_deleted_and_what_is_kept_names_nobody(
    soho: Location, manager: User, storage: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        asked = ask(soho, manager, f"{MEXICO}\n{FRANCE}\n{GERMANY}\nAna")
        assert [file.name for file in files(storage)] == [str(asked.pk)]
        done(asked)
    assert (asked.state, asked.list_file, files(storage)) == (JobState.READY, "", [])
    kept = str(LongEstimate.objects.values().get())
    assert [phone in kept for phone in (MEXICO, FRANCE, GERMANY)] == [False, False, True]
    assert [phone[1:] in caplog.text for phone in (MEXICO, FRANCE, GERMANY)] == [False] * 3
    assert [(each.line, each.written) for each in jobs.get_invalid_numbers(asked)] == [
        (3, GERMANY),
        (4, "Ana"),
    ]


def test_a_task_that_runs_twice_or_for_nothing_does_no_harm(soho: Location, manager: User) -> None:
    asked = done(ask(soho, manager, MEXICO))
    assert run_long_estimate(str(asked.pk), clock=lambda: LATER) is None
    assert run_long_estimate("00000000-0000-0000-0000-000000000000", clock=lambda: LATER) is None
    asked.refresh_from_db()
    assert (asked.attempts, asked.finished_at) == (1, NOON)


def test_two_workers_at_once_work_it_out_once(soho: Location, manager: User) -> None:
    asked = ask(soho, manager, "\n".join(random_numbers(random.Random(1), 2_000)))
    outcomes = race(attempt, [{"pk": str(asked.pk)} for _ in range(4)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sorted(outcome.value for outcome in outcomes) == ["", "", "", "ready"]


def attempt(pk: str) -> str:
    worked = run_long_estimate(pk, clock=lambda: NOON)
    return worked.state if worked else ""


@pytest.mark.parametrize(
    ("numbers", "fields", "failure"),
    [
        ("Ana\nBob", {}, "There is no number to estimate in it."),
        ("Name\nAna", {"is_file": True}, "There is no number to estimate in it."),
        ("PK\x03\x04", {"is_file": True}, "This workbook cannot be read: save it as XLSX or CSV"),
        ("Phone\n1", {"is_file": True, "column": "Fax"}, "The file has no column “Fax”"),
        (f"{MEXICO}\n" * 21, {}, "An estimate takes at most 20 numbers."),
    ],
)
def test_a_list_that_cannot_be_priced_says_why(
    soho: Location,
    manager: User,
    storage: Path,
    settings: Any,
    numbers: str,
    fields: dict[str, Any],
    failure: str,
) -> None:
    settings.ESTIMATE_MAX_NUMBERS = 20
    asked = done(ask(soho, manager, numbers, **fields))
    assert asked.failure.startswith(failure)
    assert (asked.state, asked.list_file, files(storage)) == (JobState.FAILED, "", [])


def test_a_list_that_was_lost_is_said(soho: Location, manager: User) -> None:
    asked = ask(soho, manager, MEXICO)
    default_storage.delete(asked.list_file)
    assert done(asked).failure == "The list was lost before it was read: send it again."


def test_what_goes_wrong_is_logged_without_the_numbers(
    soho: Location, manager: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(asked: LongEstimate, listed: Any, lease: Lease, **_: Any) -> None:
        raise ValueError(f"bad: {listed.numbers}")

    monkeypatch.setattr(jobs, "_price", broken)
    asked = done(ask(soho, manager, MEXICO))
    assert asked.failure == "Something went wrong; it is in the log. Try again later."
    assert "ValueError" in caplog.text
    assert "in broken" in caplog.text
    assert MEXICO[1:] not in caplog.text


def test_how_far_it_is_stands_in_the_row(
    soho: Location, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int | None]] = []
    renew = Lease.renew

    def noted(self: Lease, rows_done: int, rows_total: int | None = None) -> None:
        renew(self, rows_done, rows_total)
        with self._connection.cursor() as cursor:  # the other one looks at one moment
            cursor.execute("SELECT rows_done, rows_total FROM reports_longestimate")
            seen.append(cursor.fetchone())

    monkeypatch.setattr(Lease, "renew", noted)
    monkeypatch.setattr("locations.jobs.HEARTBEAT_SECONDS", 0)
    asked = done(ask(soho, manager, "\n".join(random_numbers(random.Random(2), 2_000))))
    assert seen == [
        (500, None), (1_000, None), (1_500, None), (2_000, None),
        (0, 2_000), (0, 2_000), (500, 2_000), (1_000, 2_000), (1_500, 2_000),
    ]  # fmt: skip
    assert (asked.rows_done, asked.rows_total) == (2_000, 2_000)


def test_one_that_is_forgotten_stops_and_leaves_nothing(
    soho: Location, manager: User, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(soho, manager, MEXICO)
    price = jobs._price

    def forgotten(working: LongEstimate, *given: Any, **options: Any) -> Any:
        delete_long_estimate(asked, at=NOON)
        return price(working, *given, **options)

    monkeypatch.setattr(jobs, "_price", forgotten)
    run_long_estimate(str(asked.pk), clock=lambda: NOON)
    assert (LongEstimate.objects.count(), files(storage)) == (0, [])


def test_migration_renames_figures_of_finished_estimates(soho: Location, manager: User) -> None:
    job = done(ask(soho, manager, MEXICO))
    expected = jobs.get_figures(job)
    state = ProjectState()
    with connection.schema_editor() as editor:
        for operation in reversed(rename_figures):
            operation.database_backwards("reports", editor, state, state)
        job.refresh_from_db()
        assert "sends_of_recommended" in job.figures
        with pytest.raises(TypeError):
            jobs.get_figures(job)
        for operation in rename_figures:
            operation.database_forwards("reports", editor, state, state)
    job.refresh_from_db()
    assert jobs.get_figures(job) == expected
