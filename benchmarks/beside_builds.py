"""How long charges take while a report of many rows is built, while none is, beside a busy loop."""

import itertools
import multiprocessing
import os
import time
from collections.abc import Callable

from django.db import connections

from benchmarks import place, singles
from benchmarks.workbooks import Reports

PER_SECOND = 50
ALONE_SECONDS = 15
REPORTS_WORKER_NICE = 10  # deploy/README.md


class Beside:
    """One client that charges locations at a steady pace; builds are a process of their own."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        # Not the location of the report: its rows would become more.
        self._among = place.locations()[1:]

    def rounds_of(self) -> dict[str, Callable[[], list[float]]]:
        return {"alone": self.alone, "beside": self.beside, "busy": self.busy}

    def alone(self) -> list[float]:
        """Seconds that each charge took while nothing was built."""
        ends = time.perf_counter() + ALONE_SECONDS
        return self._charge(lambda: time.perf_counter() < ends)

    def beside(self) -> list[float]:
        """The same from the first row of a build to its end."""
        return self._charge_beside(self._reports.ours)

    def busy(self) -> list[float]:
        """Beside a loop, as nice, that uses a core and nothing else: what sharing costs."""
        return self._charge_beside(_busy)

    def _charge_beside(self, work: Callable[[], object]) -> list[float]:
        connections.close_all()  # a connection must not be shared over a fork
        other = multiprocessing.get_context("fork").Process(target=_nicely, args=(work,))
        other.start()
        try:
            return self._charge(other.is_alive)
        finally:
            other.join()
            assert other.exitcode == 0

    def _charge(self, goes_on: Callable[[], bool]) -> list[float]:
        charge, _ = singles.ours(self._among)(f"b{time.monotonic_ns()}")
        for _ in range(20):
            charge()
        took: list[float] = []
        begun = time.perf_counter()
        for number in itertools.count():
            due = begun + number / PER_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            if not goes_on():
                return took
            # From when it was due: a charge that waits for the one before has waited too.
            charge()
            took.append(time.perf_counter() - due)
        raise AssertionError("unreachable")


def _nicely(work: Callable[[], object]) -> None:
    os.nice(REPORTS_WORKER_NICE)
    work()
    connections.close_all()
    os._exit(0)


def _busy() -> None:
    ends = time.perf_counter() + ALONE_SECONDS
    while time.perf_counter() < ends:
        pass
