"""Charges that wait for the same location are posted together, in one commit.

A location's charges come one after the other: each holds the balance row until its commit is on
disk, so more clients are no faster than one. What has queued up behind a commit in this process
therefore goes into the next one. A charge that finds nobody waiting is posted as it always was.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakValueDictionary

from django.db import DatabaseError, OperationalError

MAX_CHARGES_PER_COMMIT = 32


class PendingCharge:
    """One charge in the line: what is asked, then the answer or what went wrong."""

    __slots__ = ("answer", "asked", "error")

    def __init__(self, asked: Any) -> None:
        self.asked = asked
        self.answer: Any = None
        self.error: BaseException | None = None

    @property
    def is_served(self) -> bool:
        return self.answer is not None or self.error is not None


class ChargeQueue:
    """Who waits for a location in this process; it is gone when nobody does."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.waiting: deque[PendingCharge] = deque()


_queues: WeakValueDictionary[int, ChargeQueue] = WeakValueDictionary()
_queues_lock = threading.Lock()


def post_combined(
    location_id: int, asked: Any, post: Callable[[Sequence[Any]], Sequence[Any]]
) -> tuple[Any, ...]:
    """What `post` answers to `asked`, perhaps after being posted together with others.

    `post` takes what is asked of one location, writes it in one transaction and answers in order;
    it runs in the thread of any of those who wait, with that thread's connection. An answer is
    given after the commit. Raises what `post` raises: where it raises for several, each is posted
    alone, so that one's mistake is nobody else's; but not where the database is what failed.
    """
    place = PendingCharge(asked)
    with _queues_lock:
        line = _queues.setdefault(location_id, ChargeQueue())
        line.waiting.append(place)
    with line.turn:
        # Whoever had the turn before may have posted it meanwhile, or only those before it.
        while not place.is_served:
            with _queues_lock:
                together = [
                    line.waiting.popleft()
                    for _ in range(min(len(line.waiting), MAX_CHARGES_PER_COMMIT))
                ]
            _post_batch(together, post)
    if place.error is not None:
        raise place.error
    return place.answer


def _post_batch(
    together: list[PendingCharge], post: Callable[[Sequence[Any]], Sequence[Any]]
) -> None:
    try:
        answers = post([place.asked for place in together])
    except BaseException as error:
        if (
            len(together) > 1
            and isinstance(error, DatabaseError)
            and not isinstance(error, OperationalError)
        ):
            for place in together:
                _post_batch([place], post)
        else:
            for place in together:
                place.error = error
    else:
        for place, answer in zip(together, answers, strict=True):
            place.answer = answer
