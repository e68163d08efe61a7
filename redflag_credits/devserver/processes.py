"""The long-running processes of a local run, and what remains of a former run's."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from redflag_credits.devserver import data_dir

PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass
class Child:
    """One process in a session of its own, so that the terminal's Ctrl-C reaches only us."""

    name: str
    command: list[str]
    log: Path
    patience_seconds: int  # from SIGTERM to SIGKILL
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, environment: dict[str, str], folder: Path, kept: list[int]) -> None:
        """`kept` are lock descriptors that live as long as the longest-lived of us."""
        data_dir.shorten(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=kept,
                preexec_fn=_end_with_parent(),  # noqa: PLW1509  the runner has one thread
            )

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop(self, hurry: Callable[[], bool]) -> None:
        """Ask it to end, wait, and end its whole session if it does not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
        deadline = time.monotonic() + self.patience_seconds
        while self.process.poll() is None and time.monotonic() < deadline and not hurry():
            time.sleep(0.05)
        # Its own children too, which a killed parent leaves behind.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def remember(record: Path, children: list[Child]) -> None:
    found = {child.process.pid: _birth(child.process.pid) for child in children if child.process}
    record.write_text(json.dumps(found))


def kill_remembered(record: Path) -> None:
    """End what a killed run left behind: only processes that are still the same ones."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        for pid, birth in json.loads(record.read_text()).items():
            if birth and birth == _birth(int(pid)):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(int(pid), signal.SIGKILL)


def _birth(pid: int) -> str:
    """When this process began; with its number that names it for good. Empty if it has gone."""
    if sys.platform == "linux":
        try:
            status = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return ""
        # The second field, the command in parentheses, may hold spaces.
        return status.rpartition(")")[2].split()[19]
    shown = subprocess.run(  # noqa: S603
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip()


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel asks a child to end when its runner is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork
    runner = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != runner:  # it was killed before we could ask
            os._exit(1)

    return in_child
