"""The whole product as processes: a web server on a free port and, when asked for, a worker."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import redis
from django.conf import settings

from tests.databases import Clone, cloned
from tests.plugin import ROOT

READY_SECONDS = 60


@dataclass
class LiveProduct:
    """`url` answers; the test process and the product share `database` and the media folder."""

    database: Clone
    logs: Path
    url: str = ""
    workers: int = 1
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_web(self) -> None:
        # Another process may take the port that was free: then the server ends at once.
        if not (self._start_web(free_port()) or self._start_web(free_port())):
            raise AssertionError(f"The web server has ended:\n{self.log('web')}")

    def _start_web(self, port: int) -> bool:
        """Whether it answers; false if its process has ended."""
        self.url = f"http://127.0.0.1:{port}"
        command = ["granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
        command += ["--workers", str(self.workers), "--respawn-failed-workers"]
        process = self._start(
            "web", [*command, "--blocking-threads", "4", "redflag_credits.wsgi:application"]
        )
        deadline = time.monotonic() + READY_SECONDS
        while True:
            mistake = False
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
                return True
            except urllib.error.HTTPError as answer:
                answer.close()
                mistake = answer.code != HTTPStatus.SERVICE_UNAVAILABLE
            except OSError:
                pass
            if process.poll() is not None:
                self.processes.remove(process)
                return False
            if mistake or time.monotonic() > deadline:
                raise AssertionError(f"The web server is not well:\n{self.log('web')}")
            time.sleep(0.05)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Celery, one process, every queue. It takes some two seconds to be ready."""
        command = ["celery", "-A", "redflag_credits", "worker", "-Q", "celery,reports"]
        return self._start("worker", [*command, "--pool", "solo", "--without-mingle", "-l", "INFO"])

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Run a worker inside the block."""
        worker = self.start_worker()
        try:
            yield
        finally:
            self.processes.remove(worker)
            end([worker])

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        end(self.processes)

    def _start(self, name: str, module: list[str]) -> subprocess.Popen[bytes]:
        with (self.logs / f"{name}.log").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=ROOT,
                env=self.database.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes):
        process.terminate()
    for process in processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running(database: Clone, logs: Path) -> Iterator[LiveProduct]:
    product = LiveProduct(database=database, logs=logs)
    try:
        product.start_web()
        yield product
    finally:
        product.stop()


@contextlib.contextmanager
def with_database(logs: Path) -> Iterator[LiveProduct]:
    """With a database of its own, which is empty."""
    empty_broker()
    try:
        with cloned() as clone, running(clone, logs) as product:
            yield product
    finally:
        empty_broker()


def empty_broker() -> None:
    """Tasks of one product name rows of its own database alone."""
    if settings.LOCAL_REDIS:
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            broker.flushall()
