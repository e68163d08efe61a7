"""`make run` with its real processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from redflag_credits.devserver import paths
from tests.plugin import ROOT
from tests.redflag_credits.devserver.conftest import stopped

READY_SECONDS = 240  # the first start loads the demo, perhaps beside other work


class Run:
    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir, self.port = data_dir, port
        self.log = data_dir / "printed.txt"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "redflag_credits.devserver.run"],
                cwd=ROOT,
                env=environment(data_dir, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> None:
        self.wait_until_it_says(f"runs at http://127.0.0.1:{self.port}")

    def wait_until_it_says(self, words: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while words not in self.printed:
            assert self.process.poll() is None and time.monotonic() < deadline, self.printed
            time.sleep(0.1)

    def children(self) -> dict[str, int]:
        pids = map(int, json.loads((self.data_dir / "locks/children.json").read_text()))
        return dict(zip(["beat", "reports worker", "worker", "web server"], pids, strict=True))


def environment(data_dir: Path, port: int) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    return {**kept, "DATA_DIR": str(data_dir), "PORT": str(port)}


def run_beside(data_dir: Path, port: int) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "redflag_credits.devserver.run"],
        cwd=ROOT,
        env=environment(data_dir, port),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def data_dir(module_data_dir: Path) -> Path:
    return module_data_dir


@pytest.fixture
def run(data_dir: Path) -> Iterator[Run]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = Run(data_dir, port)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(60)


def healthy(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        return answer.status == 200


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


def test_a_first_start_that_is_interrupted_stops_at_once(run: Run, data_dir: Path) -> None:
    run.wait_until_it_says("Loading the demo data")
    time.sleep(1)  # the web server's workers are starting
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    took = re.search(r"Stopping the web server \.\.\. ([\d.]+) s", run.printed)
    assert took and float(took[1]) < 5, run.printed
    assert stopped(data_dir, seconds=1)


def test_it_starts_refuses_a_second_one_and_stops_in_order(run: Run, data_dir: Path) -> None:
    run.wait_until_ready()
    assert healthy(run.port)
    children = run.children()

    code, printed = run_beside(data_dir, run.port)
    assert (code, printed) == (
        1,
        f"Already running at http://127.0.0.1:{run.port} with its data in {data_dir}: stop that "
        "one first, or choose another DATA_DIR and PORT.\n",
    )
    code, printed = run_beside(data_dir / "other", run.port)
    assert (code, printed) == (
        1,
        f"Port {run.port} cannot be used, perhaps another program has it: choose another with "
        "PORT, as in `make run PORT=8001`.\n",
    )

    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 0
    ending = [line.split(" ...")[0] for line in run.printed.splitlines()[-5:]]
    assert ending == [
        "Stopping the beat",
        "Stopping the reports worker",
        "Stopping the worker",
        "Stopping the web server",
        "Stopping the servers",
    ]
    assert not any(alive(pid) for pid in children.values())
    assert stopped(data_dir, seconds=1)


@pytest.mark.slow
def test_after_a_kill_the_next_run_has_everything(run: Run, data_dir: Path) -> None:
    run.wait_until_ready()
    with psycopg.connect(paths.database_url(data_dir)) as database:
        database.execute("CREATE TABLE kept AS SELECT 'committed' AS word")
    former = run.children()
    run.process.kill()
    run.process.wait()

    again = Run(data_dir, run.port)
    try:
        again.wait_until_ready()
        assert healthy(run.port)
        assert not any(alive(pid) for pid in former.values())
        with psycopg.connect(paths.database_url(data_dir)) as database:
            assert database.execute("SELECT word FROM kept").fetchall() == [("committed",)]

        os.kill(again.children()["worker"], signal.SIGKILL)
        assert again.process.wait(60) == 1
        assert "The worker ended by itself with exit code -9." in again.printed
        assert stopped(data_dir, seconds=1)
    finally:
        if again.process.poll() is None:
            again.process.terminate()
            again.process.wait(60)
