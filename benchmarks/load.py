import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from django.db import connection, connections

# The call and the id of the server process that answers it.
Connected = tuple[Callable[[], None], int]
# Opens a connection after the fork; takes a prefix for unique keys.
Variant = Callable[[str], Connected]
WARM_UP = 20


@dataclass(frozen=True)
class Throughput:
    """Calls per second of all processes; CPU time per call in µs."""

    per_second: float
    client: float
    server: float


def run_processes(variant: Variant, *, processes: int, seconds: float) -> Throughput:
    connections.close_all()  # a connection must not be shared over a fork
    context = multiprocessing.get_context("fork")
    start = context.Barrier(processes)
    running = []
    for _ in range(processes):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(variant, seconds, start, sender))
        process.start()
        sender.close()
        running.append((process, receiver))
    results = [receiver.recv() for _, receiver in running]
    for process, _ in running:
        process.join()
    total = sum(calls for calls, *_ in results)
    return Throughput(
        per_second=sum(calls / elapsed for calls, elapsed, _, _ in results),
        client=sum(client for _, _, client, _ in results) / total * 1e6,
        server=sum(server for *_, server in results) / total * 1e6,
    )


def run_threads(variant: Variant, *, threads: int, seconds: float) -> float:
    start, rates = threading.Barrier(threads), []

    def repeat_call(number: int) -> None:
        call, _ = variant(f"{os.getpid()}-{time.monotonic_ns()}-{number}")
        for _ in range(WARM_UP):
            call()
        start.wait()
        calls, begun = 0, time.perf_counter()
        while time.perf_counter() < begun + seconds:
            call()
            calls += 1
        rates.append(calls / (time.perf_counter() - begun))
        connection.close()

    running = [threading.Thread(target=repeat_call, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(rates)


def _run(variant: Variant, seconds: float, start: Barrier, sender: Connection) -> None:
    call, server = variant(f"{os.getpid()}-{time.monotonic_ns()}")
    for _ in range(WARM_UP):
        call()
    start.wait()
    calls, client, busy = 0, time.process_time(), server_seconds(server)
    begun = ended = time.perf_counter()
    while ended < begun + seconds:
        call()
        calls += 1
        ended = time.perf_counter()
    client = time.process_time() - client
    sender.send((calls, ended - begun, client, server_seconds(server) - busy))
    sender.close()
    os._exit(0)


@dataclass
class Cost:
    """Context manager: seconds of wall time, and of CPU in this process and the server."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> "Cost":
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time() + server_seconds(backend_pid())
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time() + server_seconds(backend_pid())


def backend_pid() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def server_seconds(process: int) -> float:
    try:
        with open(f"/proc/{process}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
