"""Post concurrent charges of one location in one commit.

A charge locks the balance row until its commit is on disk. Charges of this process that wait for
the lock share the next commit.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakValueDictionary

from django.db import DatabaseError, OperationalError

MAX_CHARGES_PER_COMMIT = 32


class PendingCharge:
    __slots__ = ("error", "parameters", "result")

    def __init__(self, parameters: Any) -> None:
        self.parameters = parameters
        self.result: Any = None
        self.error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return self.result is not None or self.error is not None


class ChargeQueue:
    """The pending charges of one location in this process; dropped when empty."""

    def __init__(self) -> None:
        self.commit_lock = threading.Lock()
        self.pending: deque[PendingCharge] = deque()


_queues: WeakValueDictionary[int, ChargeQueue] = WeakValueDictionary()
_queues_lock = threading.Lock()


def post_combined(
    location_id: int, parameters: Any, post: Callable[[Sequence[Any]], Sequence[Any]]
) -> tuple[Any, ...]:
    """Return what `post` returns for `parameters`, perhaps posted together with others.

    `post` gets the parameters of several charges, writes them in one transaction and returns the
    results in order. If the database refuses a batch, each charge is posted alone; raises what
    `post` raises.
    """
    charge = PendingCharge(parameters)
    with _queues_lock:
        queue = _queues.setdefault(location_id, ChargeQueue())
        queue.pending.append(charge)
    with queue.commit_lock:
        # The thread before us may have posted this charge, or only those in front of it.
        while not charge.is_done:
            with _queues_lock:
                count = min(len(queue.pending), MAX_CHARGES_PER_COMMIT)
                batch = [queue.pending.popleft() for _ in range(count)]
            _post_batch(batch, post)
    if charge.error is not None:
        raise charge.error
    return charge.result


def _post_batch(batch: list[PendingCharge], post: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
    try:
        results = post([charge.parameters for charge in batch])
    except BaseException as error:
        may_be_one_charge = isinstance(error, DatabaseError) and not isinstance(
            error, OperationalError
        )
        if len(batch) > 1 and may_be_one_charge:
            for charge in batch:
                _post_batch([charge], post)
        else:
            for charge in batch:
                charge.error = error
    else:
        for charge, result in zip(batch, results, strict=True):
            charge.result = result
