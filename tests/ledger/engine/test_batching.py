"""Concurrent charges of one location share a commit, and nothing else."""

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
    """Records each batch; the first one waits until `others` have queued up."""

    def __init__(self, others: int, *, fails: Callable[[Any], Exception | None] = lambda _: None):
        self.others = others
        self.fails = fails
        self.batches: list[list[Any]] = []

    def __call__(self, parameters: Sequence[Any]) -> list[Any]:
        first = not self.batches
        self.batches.append(list(parameters))
        if first:
            wait_for(lambda: len(batching._queues[LOCATION].pending) == self.others)
        for error in map(self.fails, parameters):
            if error is not None:
                raise error
        return [(one,) for one in parameters]


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if condition():
            return
        threading.Event().wait(0.005)
    raise AssertionError("The condition was never met.")


def post_in_order(post: Counter, count: int) -> dict[int, Any]:
    """Post 0, 1, ... from threads that queue up in this order; the result or error of each."""
    results: dict[int, Any] = {}

    def run(number: int) -> None:
        try:
            results[number] = post_combined(LOCATION, number, post)
        except Exception as error:
            results[number] = error

    threads = []
    for number in range(count):
        threads.append(threading.Thread(target=run, args=(number,)))
        threads[-1].start()
        if number == 0:
            wait_for(lambda: bool(post.batches))
        else:
            wait_for(lambda n=number: len(batching._queues[LOCATION].pending) == n)
    for thread in threads:
        thread.join(20)
    return results


def test_single_charge_is_posted_alone():
    post = Counter(others=0)
    assert [post_combined(LOCATION, number, post) for number in (1, 2)] == [(1,), (2,)]
    assert post.batches == [[1], [2]]


def test_queued_charges_are_posted_together_in_order():
    post = Counter(others=3)
    results = post_in_order(post, 4)
    assert results == {0: (0,), 1: (1,), 2: (2,), 3: (3,)}
    assert post.batches == [[0], [1, 2, 3]]


def test_charges_above_the_maximum_take_another_commit(monkeypatch):
    monkeypatch.setattr(batching, "MAX_CHARGES_PER_COMMIT", 2)
    post = Counter(others=5)
    results = post_in_order(post, 6)
    assert results == {number: (number,) for number in range(6)}
    assert post.batches == [[0], [1, 2], [3, 4], [5]]


def test_failing_charge_does_not_fail_the_others():
    mistake = DataError("too long")
    post = Counter(others=3, fails=lambda parameters: mistake if parameters == 2 else None)
    assert post_in_order(post, 4) == {0: (0,), 1: (1,), 2: mistake, 3: (3,)}
    assert post.batches == [[0], [1, 2, 3], [1], [2], [3]]


def test_unavailable_database_fails_the_whole_batch_once():
    gone = OperationalError("the server closed the connection")
    post = Counter(others=2, fails=lambda parameters: gone if parameters else None)
    assert post_in_order(post, 3) == {0: (0,), 1: gone, 2: gone}
    assert post.batches == [[0], [1, 2]]


def test_empty_queue_is_dropped():
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
    """Results of `work(0)`, ... started together; the class of an exception that was raised."""
    start, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = type(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def charge(location_id: int, mark: str, **fields: Any) -> charging.ChargeResult:
    message = text(external_id=mark, **fields)
    return charging.charge_broadcast(location_id, "text", [message], key=mark, at=NOON)


def test_charges_from_many_threads_are_each_paid_once(cloned_database, batches):
    make_card()
    location = make_location(included=7 * 50)
    charge(location.pk, "renews")  # 49 more fit
    results = in_threads(
        lambda n: [charge(location.pk, f"{n}-{one}").outcome for one in range(8)], 8
    )
    outcomes = [outcome for of_thread in results for outcome in of_thread]
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
        results = in_threads(lambda _, key=f"same-{attempt}": charge(location.pk, key), 6)
        assert len({result.charge_id for result in results}) == 1
        assert [result.replayed for result in results].count(False) == 1
    assert max(batches) > 1
    assert Charge.objects.filter(location=location).count() == 11
    assert verify() == []


def test_charge_that_the_database_refuses_does_not_fail_its_batch(
    cloned_database, batches, monkeypatch
):
    make_card()
    location = make_location()
    charge(location.pk, "renews")
    original = posting.LITERALS["text[]"]
    # As if the checks of the request had missed a number that is too long.
    monkeypatch.setitem(
        posting.LITERALS,
        "text[]",
        lambda values: original([v and v.replace("!", "9" * 200) for v in values]),
    )
    results = in_threads(
        lambda n: [
            charge(location.pk, f"{n}-{one}{'!' if n == 0 else ''}").outcome for one in range(6)
        ],
        6,
    )
    assert results == [DataError, *[["charged"] * 6] * 5]
    assert max(batches) > 1
    assert verify() == []
