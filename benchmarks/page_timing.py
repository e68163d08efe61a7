import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import database
from benchmarks.load import backend_pid, server_seconds

VISITS = 40
WARM_UP_VISITS = 5
HEADER = (
    "| page | median | 90 % | Python | PostgreSQL | queries | size |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


@dataclass(frozen=True)
class PageTiming:
    """Milliseconds of wall time and of CPU in both processes, queries and kilobytes."""

    page: str
    median: float
    ninetieth: float
    python: float
    postgresql: float
    queries: int
    kilobytes: float

    def __str__(self) -> str:
        return (
            f"| {self.page} | {self.median:.0f} ms | {self.ninetieth:.0f} ms |"
            f" {self.python:.0f} ms | {self.postgresql:.0f} ms |"
            f" {self.queries} | {self.kilobytes:.0f} KB |"
        )


def time_page(
    client: Client,
    page: str,
    get_url: Callable[[], str],
    *,
    before_visit: Callable[[], None] = lambda: None,
) -> PageTiming:
    walls, python, postgresql = [], [], []
    for number in range(VISITS + WARM_UP_VISITS):
        url = get_url()
        before_visit()
        server = backend_pid()
        wall, cpu, server_cpu = time.perf_counter(), time.process_time(), server_seconds(server)
        response = client.get(url)
        if number >= WARM_UP_VISITS:
            walls.append((time.perf_counter() - wall) * 1000)
            python.append((time.process_time() - cpu) * 1000)
            postgresql.append((server_seconds(server) - server_cpu) * 1000)
        assert response.status_code == 200, url
    with CaptureQueriesContext(connection) as queries:
        size = len(client.get(get_url()).getvalue())
    return PageTiming(
        page,
        statistics.median(walls),
        statistics.quantiles(walls, n=10)[-1],
        statistics.median(python),
        statistics.mean(postgresql),
        len(queries),
        size / 1024,
    )


def random_location() -> int:
    return random.choice(database.location_ids())


def print_timings(timings: Iterable[PageTiming]) -> None:
    print(HEADER)
    for timing in timings:
        print(timing, flush=True)
