"""Charges that wait for one location in one process share a commit, and nothing else."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection

from ledger.engine import batching, charging, posting
from ledger.engine.batching import post_combined
from ledger.models import Balance, Charge
from ledger.verification.verify import verify
from tests.factories import NOON, make_card, make_location, text

LOCATION = 7


class Counter:
    """Posts what it is asked in one go, once the first go has waited for `others` to queue up."""

    def __init__(self, others: int, *, fails: Callable[[Any], Exception | None] = lambda _: None):
        self.others = others
        self.fails = fails
        self.goes: list[list[Any]] = []

    def __call__(self, asked: Sequence[Any]) -> list[Any]:
        first = not self.goes
        self.goes.append(list(asked))
        if first:
            wait_for(lambda: len(batching._queues[LOCATION].pending) == self.others)
        for error in map(self.fails, asked):
            if error is not None:
                raise error
        return [(one,) for one in asked]


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if condition():
            return
        threading.Event().wait(0.005)
    raise AssertionError("What was waited for did not come.")


def ask_one_after_the_other(post: Counter, count: int) -> dict[int, Any]:
    """Ask 0, 1, ... from threads that line up in this order; each one's answer or error."""
    answers: dict[int, Any] = {}

    def ask(number: int) -> None:
        try:
            answers[number] = post_combined(LOCATION, number, post)
        except Exception as error:
            answers[number] = error

    threads = []
    for number in range(count):
        threads.append(threading.Thread(target=ask, args=(number,)))
        threads[-1].start()
        if number == 0:
            wait_for(lambda: bool(post.goes))
        else:
            wait_for(lambda n=number: len(batching._queues[LOCATION].pending) == n)
    for thread in threads:
        thread.join(20)
    return answers


def test_one_that_finds_nobody_waiting_is_posted_alone():
    post = Counter(others=0)
    assert [post_combined(LOCATION, number, post) for number in (1, 2)] == [(1,), (2,)]
    assert post.goes == [[1], [2]]


def test_those_who_wait_are_posted_together_in_their_order():
    post = Counter(others=3)
    answers = ask_one_after_the_other(post, 4)
    assert answers == {0: (0,), 1: (1,), 2: (2,), 3: (3,)}
    assert post.goes == [[0], [1, 2, 3]]


def test_more_than_fit_in_a_commit_take_another_one(monkeypatch):
    monkeypatch.setattr(batching, "MAX_CHARGES_PER_COMMIT", 2)
    post = Counter(others=5)
    answers = ask_one_after_the_other(post, 6)
    assert answers == {number: (number,) for number in range(6)}
    assert post.goes == [[0], [1, 2], [3, 4], [5]]


def test_the_mistake_of_one_is_nobody_elses():
    mistake = DataError("too long")
    post = Counter(others=3, fails=lambda asked: mistake if asked == 2 else None)
    assert ask_one_after_the_other(post, 4) == {0: (0,), 1: (1,), 2: mistake, 3: (3,)}
    assert post.goes == [[0], [1, 2, 3], [1], [2], [3]]


def test_a_database_that_fails_is_not_asked_again_for_each():
    gone = OperationalError("the server closed the connection")
    post = Counter(others=2, fails=lambda asked: gone if asked else None)
    assert ask_one_after_the_other(post, 3) == {0: (0,), 1: gone, 2: gone}
    assert post.goes == [[0], [1, 2]]


def test_a_line_is_forgotten_when_nobody_waits():
    post_combined(LOCATION + 1, 1, Counter(others=0))
    assert LOCATION + 1 not in batching._queues


# --- On the database -------------------------------------------------------------------------


@pytest.fixture
def batches(monkeypatch) -> Iterator[list[int]]:
    """How many charges were in each commit."""
    sizes: list[int] = []
    original = posting._post_charges

    def counted(calls: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
        sizes.append(len(calls))
        return original(calls)

    monkeypatch.setattr(posting, "_post_charges", counted)
    yield sizes


def in_threads(work: Callable[[int], Any], count: int) -> list[Any]:
    """What `work(0)` ... returned, or the class of what each raised; all let go together."""
    start, found = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        start.wait()
        try:
            found[number] = work(number)
        except Exception as error:
            found[number] = type(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def charge(location_id: int, mark: str, **fields: Any) -> charging.ChargeResult:
    message = text(external_id=mark, **fields)
    return charging.charge_broadcast(location_id, "text", [message], key=mark, at=NOON)


def test_charges_from_many_threads_are_each_answered_and_paid_once(cloned_database, batches):
    make_card()
    location = make_location(included=7 * 50)
    charge(location.pk, "renews")  # 49 more fit
    found = in_threads(lambda n: [charge(location.pk, f"{n}-{one}").outcome for one in range(8)], 8)
    outcomes = [outcome for answers in found for outcome in answers]
    assert (outcomes.count("charged"), outcomes.count("refused")) == (49, 15)
    assert Balance.objects.get(location=location).total == 0
    assert sum(batches) == 65 + 1  # the first one met a renewal and came again
    assert max(batches) > 1
    assert verify() == []


def test_the_same_key_in_one_commit_is_charged_once(cloned_database, batches):
    make_card()
    location = make_location()
    charge(location.pk, "renews")
    for attempt in range(10):
        answers = in_threads(lambda _, key=f"same-{attempt}": charge(location.pk, key), 6)
        assert len({answer.charge_id for answer in answers}) == 1
        assert [answer.replayed for answer in answers].count(False) == 1
    assert max(batches) > 1
    assert Charge.objects.filter(location=location).count() == 11
    assert verify() == []


def test_a_charge_that_the_database_refuses_spares_those_beside_it(
    cloned_database, batches, monkeypatch
):
    make_card()
    location = make_location()
    charge(location.pk, "renews")
    whole = posting.LITERALS["text[]"]
    # As if the checks at the door had let too long a number through.
    monkeypatch.setitem(
        posting.LITERALS,
        "text[]",
        lambda values: whole([v and v.replace("!", "9" * 200) for v in values]),
    )
    found = in_threads(
        lambda n: [
            charge(location.pk, f"{n}-{one}{'!' if n == 0 else ''}").outcome for one in range(6)
        ],
        6,
    )
    assert found == [DataError, *[["charged"] * 6] * 5]
    assert max(batches) > 1
    assert verify() == []
