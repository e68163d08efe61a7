"""Time charges alone, while a report is built, and beside a busy loop."""

import itertools
import multiprocessing
import os
import time
from collections.abc import Callable

from django.db import connections

from benchmarks import database, single_charges
from benchmarks.workbooks import ReportRounds

PER_SECOND = 50
ALONE_SECONDS = 15
REPORTS_WORKER_NICE = 10  # deploy/README.md


class ChargesDuringBuilds:
    """One client charges at a steady rate; a build runs in another process."""

    def __init__(self, reports: ReportRounds) -> None:
        self._reports = reports
        # Without the report's location, whose rows must not grow.
        self._locations = database.location_ids()[1:]

    def get_rounds(self) -> dict[str, Callable[[], list[float]]]:
        return {"alone": self.alone, "beside": self.beside, "busy": self.busy}

    def alone(self) -> list[float]:
        ends = time.perf_counter() + ALONE_SECONDS
        return self._charge(lambda: time.perf_counter() < ends)

    def beside(self) -> list[float]:
        return self._charge_beside(self._reports.ours)

    def busy(self) -> list[float]:
        return self._charge_beside(_busy_loop)

    def _charge_beside(self, work: Callable[[], object]) -> list[float]:
        connections.close_all()  # a connection must not be shared over a fork
        other = multiprocessing.get_context("fork").Process(target=_run_nice, args=(work,))
        other.start()
        try:
            return self._charge(other.is_alive)
        finally:
            other.join()
            assert other.exitcode == 0

    def _charge(self, should_continue: Callable[[], bool]) -> list[float]:
        charge, _ = single_charges.ours(self._locations)(f"b{time.monotonic_ns()}")
        for _ in range(20):
            charge()
        durations: list[float] = []
        begun = time.perf_counter()
        for number in itertools.count():
            due = begun + number / PER_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            if not should_continue():
                return durations
            # Measured from when it was due: waiting for the previous charge counts.
            charge()
            durations.append(time.perf_counter() - due)
        raise AssertionError("unreachable")


def _run_nice(work: Callable[[], object]) -> None:
    os.nice(REPORTS_WORKER_NICE)
    work()
    connections.close_all()
    os._exit(0)


def _busy_loop() -> None:
    ends = time.perf_counter() + ALONE_SECONDS
    while time.perf_counter() < ends:
        pass
