"""`make run`: the servers, the web server, the workers and the beat of a checkout, as one."""

import contextlib
import io
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from types import FrameType

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from redflag_credits.devserver import data_dir, servers, supervisor
from redflag_credits.devserver.binaries import ServersUnavailable
from redflag_credits.devserver.processes import Child, kill_remembered, remember

HOST = "127.0.0.1"
READY_SECONDS = 90
LEFTOVER_SECONDS = 15  # a former run's worker may be ending its task


class CannotRun(Exception):
    """The message tells the reader what to do."""


class Stop(BaseException):
    """Ctrl-C or a signal that asks us to end."""


class Run:
    """One run of the product; at most one for each data folder."""

    def __init__(self) -> None:
        self.data_dir: Path = settings.DATA_DIR
        self.locks = supervisor.lock_folder(self.data_dir)
        self.address = f"http://{HOST}:{settings.PORT}"
        self.children: list[Child] = []
        # Until the web server answers: granian's workers miss a SIGTERM while they start.
        self.hurry = True

    def claim(self) -> None:
        """Take the data folder and the port, or say who has them."""
        self._be_the_only_one()
        self._check_port()

    def start(self) -> None:
        with _step("Starting PostgreSQL and Valkey"):
            servers.use_configured()
        django.setup()
        with _step("Bringing the database up to date"):
            call_command("migrate", verbosity=0, interactive=False)
        self.children = self._children()
        *others, web = self.children
        # Loading the demo data keeps one core busy; the web server starts meanwhile. The workers
        # start once it is healthy.
        self._start_child(web)
        if not get_user_model().objects.exists():
            say("Loading the demo data (on the first start only) ...")
            call_command("load_demo", "--if-empty", stdout=io.StringIO())
        with _step("Waiting for the web server"):
            self._wait_until_healthy(web)
        self.hurry = False
        for child in reversed(others):
            self._start_child(child)

    def watch(self) -> None:
        while True:
            self._check_children()
            time.sleep(0.3)

    def stop(self) -> None:
        for child in self.children:
            with _step(f"Stopping the {child.name}"):
                child.stop(hurry=lambda: self.hurry)
        if settings.LOCAL_POSTGRES or settings.LOCAL_REDIS:
            with _step("Stopping the servers"):
                if not servers.leave(self.data_dir):
                    say("left to another command that uses them ... ", end="")

    def _be_the_only_one(self) -> None:
        self.locks.mkdir(parents=True, exist_ok=True)
        # Kept open until this process ends: the kernel lets go of them, even after kill -9.
        self.lock = supervisor.open_lock(self.locks / "run.lock")
        address = self.locks / "run.address"
        if not supervisor.try_lock(self.lock):
            where = address.read_text() if address.exists() else "this data folder"
            raise CannotRun(
                f"Already running at {where} with its data in {self.data_dir}: stop that one "
                "first, or choose another DATA_DIR and PORT."
            )
        address.write_text(self.address)
        # The children inherit this one: it is free when the last of them has ended.
        self.children_lock = supervisor.open_lock(self.locks / "children.lock")
        if not supervisor.try_lock(self.children_lock):
            with _step("Waiting for the rest of a killed run to end"):
                self._wait_for_leftovers()

    def _wait_for_leftovers(self) -> None:
        for end in (lambda: None, lambda: kill_remembered(self.locks / "children.json")):
            end()
            deadline = time.monotonic() + LEFTOVER_SECONDS
            while time.monotonic() < deadline:
                if supervisor.try_lock(self.children_lock):
                    return
                time.sleep(0.1)
        raise CannotRun("Processes of a killed run do not end: see `ps` for granian and celery.")

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, settings.PORT))
            except (OSError, OverflowError):
                raise CannotRun(
                    f"Port {settings.PORT} cannot be used, perhaps another program has it: "
                    "choose another with PORT, as in `make run PORT=8001`."
                ) from None

    def _children(self) -> list[Child]:
        """The processes of a run, none started yet."""
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "-A", "redflag_credits"]
        serve = [*python, "granian", "--interface", "wsgi", "--host", HOST, "--no-ws"]
        serve += ["--port", str(settings.PORT), "--workers", "2", "--blocking-threads", "4"]
        serve += ["--respawn-failed-workers"]
        serve += ["redflag_credits.wsgi:application"]
        work = [*celery, "worker", "--without-mingle", "-l", "INFO"]
        soon = [*work, "-Q", "celery", "-c", "1", "-n", "local@%h"]
        # What takes minutes gives way to whoever waits: charges first of all.
        later = ["nice", "-n", "10", *work, "-Q", "reports", "-c", "2", "-n", "reports@%h"]
        logs = self.data_dir / "log"
        logs.mkdir(exist_ok=True)
        Path(settings.CELERY_BEAT_SCHEDULE_FILENAME).parent.mkdir(exist_ok=True)
        # In the order of stopping: first whoever makes work, last whoever shows its result.
        beat = Child("beat", [*celery, "beat", "-l", "INFO", "--pidfile="], logs / "beat.log", 10)
        reports = Child("reports worker", later, logs / "reports.log", 120)
        worker = Child("worker", soon, logs / "worker.log", 120)
        web = Child("web server", serve, logs / "web.log", 15)
        return [beat, reports, worker, web]

    def _start_child(self, child: Child) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "redflag_credits.settings",
            "DATA_DIR": str(self.data_dir),
            "PYTHONUNBUFFERED": "1",
        }
        kept = [self.children_lock.fileno(), *servers.held_locks()]
        with _step(f"Starting the {child.name}"):
            child.start(environment=environment, folder=settings.BASE_DIR, kept=kept)
            remember(self.locks / "children.json", self.children)

    def _wait_until_healthy(self, web: Child) -> None:
        problem = "no answer"
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self._check_children()
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):  # noqa: S310
                    return
            except urllib.error.HTTPError as answer:
                with answer:
                    problem = f"status {answer.code}"
                if answer.code != HTTPStatus.SERVICE_UNAVAILABLE:
                    break  # time does not mend a mistake
            except OSError:
                pass
            time.sleep(0.1)
        raise CannotRun(
            f"{self.address}/healthz does not get well ({problem}). The end of {web.log}:\n"
            f"{data_dir.tail(web.log)}"
        )

    def _check_children(self) -> None:
        for child in self.children:
            if child.exit_code is not None:
                raise CannotRun(
                    f"The {child.name} ended by itself with exit code {child.exit_code}. "
                    f"The end of {child.log}:\n{data_dir.tail(child.log)}"
                )


def main() -> int:
    try:
        if settings.PRODUCTION:
            raise CannotRun("`make run` is for trying and developing: see deploy/README.md.")
        run = Run()
        run.claim()
    except (ImproperlyConfigured, CannotRun, ValueError) as problem:
        say(f"{problem}")
        return 1
    _on_request_to_end(_stop)
    code = 1
    try:
        run.start()
        _greet(run.address)
        run.watch()
    except Stop:
        code = 0
    except (CannotRun, ServersUnavailable) as problem:
        say(f"\n{problem}")

    def second_request(number: int, frame: FrameType | None) -> None:
        run.hurry = True

    _on_request_to_end(second_request)
    run.stop()
    return code


def say(line: str, end: str = "\n") -> None:
    with contextlib.suppress(OSError):  # the terminal may have gone
        print(line, end=end, flush=True)  # noqa: T201


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _on_request_to_end(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


@contextlib.contextmanager
def _step(what: str) -> Iterator[None]:
    began = time.monotonic()
    say(f"{what} ... ", end="")
    yield
    say(f"{time.monotonic() - began:.1f} s")


def _greet(address: str) -> None:
    say(f"\nRedFlag Credits runs at {address}   (Ctrl-C stops it)")
    sign_ins = io.StringIO()
    call_command("load_demo", "--sign-ins", stdout=sign_ins)
    connection.close()  # this process makes no further queries
    say(sign_ins.getvalue(), end="")


if __name__ == "__main__":
    sys.exit(main())
