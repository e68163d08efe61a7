"""`make run`: start the servers, web server, workers and beat of a checkout."""

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
from redflag_credits.devserver.processes import Child, kill_saved_pids, save_pids

HOST = "127.0.0.1"
READY_SECONDS = 90
STOP_AGAIN_SECONDS = 1.0
LEFTOVER_SECONDS = 15  # a killed run's worker may be finishing its task


class CannotRun(Exception):
    """The message tells the user what to do."""


class Stop(BaseException):
    """Ctrl-C or a termination signal."""


class Run:
    def __init__(self) -> None:
        self.data_dir: Path = settings.DATA_DIR
        self.locks = supervisor.lock_folder(self.data_dir)
        self.address = f"http://{HOST}:{settings.PORT}"
        self.children: list[Child] = []
        # True until the web server answers: granian's workers miss a SIGTERM while starting.
        self.hurry = True

    def claim(self) -> None:
        self._lock_data_dir()
        self._check_port()

    def start(self) -> None:
        with _step("Starting PostgreSQL and Valkey"):
            servers.use_configured()
        django.setup()
        with _step("Bringing the database up to date"):
            call_command("migrate", verbosity=0, interactive=False)
        self.children = self._children()
        *others, web = self.children
        # The web server starts while the demo data is loaded; workers start when it is healthy.
        self._start_child(web)
        if not get_user_model().objects.exists():
            echo("Loading the demo data (on the first start only) ...")
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
                    echo("left to another command that uses them ... ", end="")

    def _lock_data_dir(self) -> None:
        self.locks.mkdir(parents=True, exist_ok=True)
        # Open until this process ends; the kernel releases locks even after kill -9.
        self.lock = supervisor.open_lock(self.locks / "run.lock")
        address = self.locks / "run.address"
        if not supervisor.try_lock(self.lock):
            other = address.read_text() if address.exists() else "this data folder"
            raise CannotRun(
                f"Already running at {other} with its data in {self.data_dir}: stop that one "
                "first, or choose another DATA_DIR and PORT."
            )
        address.write_text(self.address)
        # Inherited by the children: free when the last of them has ended.
        self.children_lock = supervisor.open_lock(self.locks / "children.lock")
        if not supervisor.try_lock(self.children_lock):
            with _step("Waiting for the rest of a killed run to end"):
                self._wait_for_leftovers()

    def _wait_for_leftovers(self) -> None:
        for end_processes in (lambda: None, lambda: kill_saved_pids(self.locks / "children.json")):
            end_processes()
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
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "-A", "redflag_credits"]
        serve = [*python, "granian", "--interface", "wsgi", "--host", HOST, "--no-ws"]
        serve += ["--port", str(settings.PORT), "--workers", "2", "--blocking-threads", "4"]
        serve += ["--respawn-failed-workers"]
        serve += ["redflag_credits.wsgi:application"]
        worker_command = [*celery, "worker", "--without-mingle", "-l", "INFO"]
        default_queue = [*worker_command, "-Q", "celery", "-c", "1", "-n", "local@%h"]
        # Niced: reports take minutes and must not slow charges.
        niced = ["nice", "-n", "10", *worker_command]
        reports_queue = [*niced, "-Q", "reports", "-c", "2", "-n", "reports@%h"]
        logs = self.data_dir / "log"
        logs.mkdir(exist_ok=True)
        Path(settings.CELERY_BEAT_SCHEDULE_FILENAME).parent.mkdir(exist_ok=True)
        # In the order of stopping: producers of jobs first, the web server last.
        beat = Child("beat", [*celery, "beat", "-l", "INFO", "--pidfile="], logs / "beat.log", 10)
        reports = Child("reports worker", reports_queue, logs / "reports.log", 120)
        worker = Child("worker", default_queue, logs / "worker.log", 120)
        web = Child("web server", serve, logs / "web.log", 15)
        return [beat, reports, worker, web]

    def _start_child(self, child: Child) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "redflag_credits.settings",
            "DATA_DIR": str(self.data_dir),
            "PYTHONUNBUFFERED": "1",
        }
        lock_fds = [self.children_lock.fileno(), *servers.held_locks()]
        with _step(f"Starting the {child.name}"):
            child.start(environment=environment, folder=settings.BASE_DIR, lock_fds=lock_fds)
            save_pids(self.locks / "children.json", self.children)

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
                    break  # not temporary
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
        echo(f"{problem}")
        return 1
    _handle_signals(_stop)
    signal.signal(signal.SIGALRM, _stop)
    code = 1
    try:
        run.start()
        _print_welcome(run.address)
        run.watch()
    except Stop:
        code = 0
    except (CannotRun, ServersUnavailable) as problem:
        echo(f"\n{problem}")
    signal.setitimer(signal.ITIMER_REAL, 0)

    def second_request(number: int, frame: FrameType | None) -> None:
        run.hurry = True

    _handle_signals(second_request)
    run.stop()
    return code


def echo(text: str, end: str = "\n") -> None:
    with contextlib.suppress(OSError):  # the terminal may have gone
        print(text, end=end, flush=True)  # noqa: T201


def _stop(number: int, frame: FrameType | None) -> None:
    # Python ignores what is raised in a weakref callback or a finalizer, so raise it again.
    signal.setitimer(signal.ITIMER_REAL, STOP_AGAIN_SECONDS)
    raise Stop


def _handle_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


@contextlib.contextmanager
def _step(label: str) -> Iterator[None]:
    began = time.monotonic()
    echo(f"{label} ... ", end="")
    yield
    echo(f"{time.monotonic() - began:.1f} s")


def _print_welcome(address: str) -> None:
    echo(f"\nRedFlag Credits runs at {address}   (Ctrl-C stops it)")
    sign_ins = io.StringIO()
    call_command("load_demo", "--sign-ins", stdout=sign_ins)
    connection.close()  # this process makes no further queries
    echo(sign_ins.getvalue(), end="")


if __name__ == "__main__":
    sys.exit(main())
