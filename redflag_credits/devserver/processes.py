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
    """In its own session, so that Ctrl-C reaches only the runner."""

    name: str
    command: list[str]
    log: Path
    stop_timeout_seconds: int  # from SIGTERM to SIGKILL
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, environment: dict[str, str], folder: Path, lock_fds: list[int]) -> None:
        """`lock_fds` are inherited: the locks are held until the last child has ended."""
        data_dir.delete_large_log(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=lock_fds,
                preexec_fn=_end_with_parent(),  # noqa: PLW1509  the runner has one thread
            )

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop(self, hurry: Callable[[], bool]) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
        deadline = time.monotonic() + self.stop_timeout_seconds
        while self.process.poll() is None and time.monotonic() < deadline and not hurry():
            time.sleep(0.05)
        # A killed process leaves its own children behind.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def save_pids(record: Path, children: list[Child]) -> None:
    pids = [child.process.pid for child in children if child.process]
    record.write_text(json.dumps({pid: _start_time(pid) for pid in pids}))


def kill_saved_pids(record: Path) -> None:
    """Kill processes of a killed run, unless their pid belongs to another one by now."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        for pid, started in json.loads(record.read_text()).items():
            if started and started == _start_time(int(pid)):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(int(pid), signal.SIGKILL)


def _start_time(pid: int) -> str:
    if sys.platform == "linux":
        try:
            status = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return ""
        # The second field, the command in parentheses, may hold spaces.
        return status.rpartition(")")[2].split()[19]
    completed = subprocess.run(  # noqa: S603
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return completed.stdout.strip()


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux, make the kernel terminate the child when the runner is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork
    runner = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != runner:  # it ended before prctl
            os._exit(1)

    return in_child
