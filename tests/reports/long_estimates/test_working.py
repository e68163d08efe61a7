"""Estimates of lists longer than one broadcast: worked out by the worker, and then forgotten."""

import datetime as dt
import logging
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from ledger import charging, funding
from ledger.quoting import WouldBe
from locations.models import Location, User
from locations.working import Lease
from reports import asking, estimate_sweeping, estimating, long_estimates
from reports.estimating import estimate
from reports.long_estimates import MOST_WAITING, CannotAsk, figures_of, forget, mine, work_out
from reports.models import LongEstimate, ReportState
from tests.factories import (
    FRANCE,
    GERMANY,
    MEXICO,
    NOON,
    call,
    key,
    make_location,
    make_member,
    text,
)
from tests.processes import race
from tests.reports.long_estimates.lists import ask, done, random_numbers
from tests.reports.traffic import files

LATER = NOON + dt.timedelta(minutes=5)


def check_against_sending(
    location: Location, user: User, numbers: list[str], seconds: int | None, at_once: int
) -> str:
    """The estimate beside its broadcasts sent one after the other; what became of them."""
    channel = "voice" if seconds else "text"
    asked = done(ask(location, user, "\n".join(numbers), channel=channel, seconds=seconds))
    found = figures_of(asked)
    assert found is not None, asked.failure
    answers = [
        charging.charge_broadcast(
            location.pk,
            channel,
            [call(seconds, n) if seconds else text(n) for n in numbers[first : first + at_once]],
            key=key(),
            at=NOON,
        )
        for first in range(0, len(numbers), at_once)
    ]
    assert found.credits == sum(answer.needed for answer in answers)
    assert found.broadcasts == len(answers)
    went = [a for a in answers if a.refusal in ("", "nothing_to_send")]
    assert found.broadcasts_that_go == len(went)
    sent = [message for answer in answers for message in answer.messages]
    assert found.domestic == sum(message.outcome == "domestic" for message in sent)
    refused = [m for m in sent if m.refusal and m.refusal != "insufficient_credits"]
    assert asked.bad_count == len(refused)
    assert found.available == answers[0].available_before
    last = answers[-1]
    assert (found.payment is not None) is (len(went) == len(answers))
    if found.payment is None:
        assert found.shortfall == found.credits - found.available - last.overdraft_limit
        return "too much"
    assert found.payment.contract_left == last.contract_after
    assert found.payment.purchased_left == last.purchased_after
    assert found.left == last.contract_after + last.purchased_after
    return "overdraft" if found.left < 0 else "sent"


def test_a_list_of_two_broadcasts_costs_what_they_then_cost(soho: Location, manager: User) -> None:
    funding.purchase(soho.pk, 400_000, key=key(), at=NOON, reference="Invoice 1")
    numbers = random_numbers(random.Random(1), 10_500)
    assert check_against_sending(soho, manager, numbers, 61, 10_000) == "sent"


def test_thirty_random_lists_of_several_broadcasts_cost_what_they_then_cost(
    soho: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broadcasts of twenty numbers, for the sake of time: nothing else depends on their size."""
    monkeypatch.setattr(estimating, "MOST_MESSAGES", 20)
    draw = random.Random(20261125)
    became = []
    for _ in range(30):
        place = make_location(
            included=draw.choice([0, 200, 900]), overdraft_limit=draw.choice([0, 500])
        )
        numbers = random_numbers(draw, draw.randint(21, 90))
        seconds = draw.choice([None, draw.randint(1, 300)])
        became.append(check_against_sending(place, make_member(place), numbers, seconds, 20))
    assert {kind: became.count(kind) > 2 for kind in ("sent", "too much", "overdraft")} == {
        "sent": True,
        "too much": True,
        "overdraft": True,
    }


def test_the_answer_is_that_of_a_list_which_is_answered_at_once(
    soho: Location, manager: User
) -> None:
    numbers = random_numbers(random.Random(7), 500)
    asked = done(ask(soho, manager, "\n".join(numbers)))
    at_once = estimate(soho, "text", [WouldBe(phone=n) for n in numbers], at=NOON)
    assert figures_of(asked) == at_once.figures
    assert asked.bad_count == len(at_once.quote.refused)


def test_the_list_is_deleted_and_what_is_kept_names_nobody(
    soho: Location, manager: User, storage: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        asked = ask(soho, manager, f"{MEXICO}\n{FRANCE}\n{GERMANY}\nAna")
        assert [file.name for file in files(storage)] == [str(asked.pk)]
        done(asked)
    assert (asked.state, asked.list_file, files(storage)) == (ReportState.READY, "", [])
    kept = str(LongEstimate.objects.values().get())
    assert [phone in kept for phone in (MEXICO, FRANCE, GERMANY)] == [False, False, True]
    assert [phone[1:] in caplog.text for phone in (MEXICO, FRANCE, GERMANY)] == [False] * 3
    assert [(each.line, each.written) for each in long_estimates.bad_lines(asked)] == [
        (3, GERMANY),
        (4, "Ana"),
    ]


def test_a_task_that_runs_twice_or_for_nothing_does_no_harm(soho: Location, manager: User) -> None:
    asked = done(ask(soho, manager, MEXICO))
    assert work_out(str(asked.pk), clock=lambda: LATER) is None
    assert work_out("00000000-0000-0000-0000-000000000000", clock=lambda: LATER) is None
    asked.refresh_from_db()
    assert (asked.attempts, asked.finished_at) == (1, NOON)


def test_two_workers_at_once_work_it_out_once(soho: Location, manager: User) -> None:
    asked = ask(soho, manager, "\n".join(random_numbers(random.Random(1), 2_000)))
    outcomes = race(attempt, [{"pk": str(asked.pk)} for _ in range(4)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sorted(outcome.value for outcome in outcomes) == ["", "", "", "ready"]


def attempt(pk: str) -> str:
    worked = work_out(pk, clock=lambda: NOON)
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
    settings.ESTIMATE_MOST_NUMBERS = 20
    asked = done(ask(soho, manager, numbers, **fields))
    assert asked.failure.startswith(failure)
    assert (asked.state, asked.list_file, files(storage)) == (ReportState.FAILED, "", [])


def test_a_list_that_was_lost_is_said(soho: Location, manager: User) -> None:
    asked = ask(soho, manager, MEXICO)
    default_storage.delete(asked.list_file)
    assert done(asked).failure == "The list was lost before it was read: send it again."


def test_what_goes_wrong_is_logged_without_the_numbers(
    soho: Location, manager: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(asked: LongEstimate, listed: Any, lease: Lease, **_: Any) -> None:
        raise ValueError(f"bad: {listed.numbers}")

    monkeypatch.setattr(long_estimates, "_price", broken)
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
    monkeypatch.setattr("locations.working.PROGRESS_SECONDS", 0)
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
    price = long_estimates._price

    def forgotten(working: LongEstimate, *given: Any, **options: Any) -> Any:
        forget(asked, at=NOON)
        return price(working, *given, **options)

    monkeypatch.setattr(long_estimates, "_price", forgotten)
    work_out(str(asked.pk), clock=lambda: NOON)
    assert (LongEstimate.objects.count(), files(storage)) == (0, [])


def test_a_list_that_a_disk_keeps_back_is_deleted_by_the_sweep(
    soho: Location, manager: User, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (ask(soho, manager, MEXICO) for _ in range(2))
    with monkeypatch.context() as patched:
        patched.setattr(long_estimates, "remove_file", lambda name: False)
        done(first)
        forget(second, at=NOON)
    assert len(files(storage)) == 2
    assert list(mine(soho, manager)) == [first]
    estimate_sweeping.sweep(at=NOON)
    assert files(storage) == []
    assert list(LongEstimate.objects.all()) == [first]


def test_an_answer_is_deleted_after_a_day_and_one_that_nobody_came_to_fails(
    soho: Location, manager: User, storage: Path
) -> None:
    over, waiting = done(ask(soho, manager, MEXICO)), ask(soho, manager, MEXICO)
    day = dt.timedelta(hours=24)
    estimate_sweeping.sweep(at=NOON + day)
    assert set(LongEstimate.objects.values_list("state", flat=True)) == {"ready", "queued"}
    estimate_sweeping.sweep(at=NOON + day + dt.timedelta(minutes=1))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.failure) == (
        ReportState.FAILED,
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
        asking, "queue", lambda pk, task, expires_seconds: queued.append((pk, task)) or True
    )
    estimate_sweeping.sweep(at=NOON)
    assert queued == []
    estimate_sweeping.sweep(at=NOON + dt.timedelta(minutes=2))
    assert queued == [(asked.pk, "reports.tasks.work_out_estimate")]


def test_a_location_waits_for_a_few_at_once(soho: Location, manager: User, storage: Path) -> None:
    for _ in range(MOST_WAITING):
        ask(soho, manager, MEXICO)
    with pytest.raises(CannotAsk, match="wait for one of them"):
        ask(soho, manager, MEXICO)
    assert len(files(storage)) == LongEstimate.objects.count() == MOST_WAITING


def test_a_list_that_cannot_be_kept_is_said_and_leaves_nothing(
    soho: Location, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full, raising=False)
    with pytest.raises(CannotAsk, match="could not be kept"):
        ask(soho, manager, MEXICO)
    assert LongEstimate.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ({"state": "ready", "finished_at": NOON}, "long_estimate_ready_has_figures"),
        ({"state": "failed"}, "long_estimate_over_has_time"),
    ],
)
def test_the_database_wants_an_answer_and_its_time(
    soho: Location, manager: User, change: dict[str, Any], guard: str
) -> None:
    asked = ask(soho, manager, MEXICO)
    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        LongEstimate.objects.filter(pk=asked.pk).update(**change)
