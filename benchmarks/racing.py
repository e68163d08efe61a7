"""The same call again and again in several processes at once, for a while."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from django.db import connection, connections

# The call, and the id of the server process that answers it.
Opened = tuple[Callable[[], None], int]
# Opens a connection, after the fork; the text is this process's own, for its keys.
Variant = Callable[[str], Opened]
WARM_UP = 20


@dataclass(frozen=True)
class Pace:
    """Calls per second of all processes together, and the CPU time of one call, in µs."""

    per_second: float
    client: float
    server: float


def race(variant: Variant, *, processes: int, seconds: float) -> Pace:
    connections.close_all()  # a connection must not be shared over a fork
    context = multiprocessing.get_context("fork")
    start = context.Barrier(processes)
    running = []
    for _ in range(processes):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(variant, seconds, start, theirs))
        process.start()
        theirs.close()
        running.append((process, mine))
    answers = [answer.recv() for _, answer in running]
    for process, _ in running:
        process.join()
    calls = sum(answer[0] for answer in answers)
    return Pace(
        per_second=sum(calls / elapsed for calls, elapsed, _, _ in answers),
        client=sum(answer[2] for answer in answers) / calls * 1e6,
        server=sum(answer[3] for answer in answers) / calls * 1e6,
    )


def crowd(variant: Variant, *, threads: int, seconds: float) -> float:
    """Calls per second of the threads of this process together, as those of a web server."""
    start, paces = threading.Barrier(threads), []

    def call_often(number: int) -> None:
        call, _ = variant(f"{os.getpid()}-{time.monotonic_ns()}-{number}")
        for _ in range(WARM_UP):
            call()
        start.wait()
        calls, begun = 0, time.perf_counter()
        while time.perf_counter() < begun + seconds:
            call()
            calls += 1
        paces.append(calls / (time.perf_counter() - begun))
        connection.close()

    running = [threading.Thread(target=call_often, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(paces)


def _run(variant: Variant, seconds: float, start: Barrier, answer: Connection) -> None:
    call, server = variant(f"{os.getpid()}-{time.monotonic_ns()}")
    for _ in range(WARM_UP):
        call()
    start.wait()
    calls, client, busy = 0, time.process_time(), server_seconds(server)
    begun = now = time.perf_counter()
    while now < begun + seconds:
        call()
        calls += 1
        now = time.perf_counter()
    answer.send((calls, now - begun, time.process_time() - client, server_seconds(server) - busy))
    answer.close()
    os._exit(0)


@dataclass
class Cost:
    """Seconds that a piece of work took, and seconds of CPU of this process and the server's."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> "Cost":
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time() + server_seconds(_backend())
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time() + server_seconds(_backend())


def _backend() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def server_seconds(process: int) -> float:
    """The CPU time of a server process on this machine; 0 where there is no /proc."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
