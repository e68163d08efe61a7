import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redflag_credits.devserver import paths
from tests.plugin import ROOT

USER = """
import sys
from pathlib import Path
from redflag_credits.devserver import servers
servers.use(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the servers of a data folder until it is told to end or killed."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, data_dir],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_ready(self) -> str:
        """What it printed, up to the word that it is ready."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line == "ready\n":
                return "".join(lines)
        raise AssertionError("".join(lines))

    def end(self, *, kill: bool = False) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        if kill:
            self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


@pytest.fixture
def new_user() -> Iterator[Callable[[Path], User]]:
    users: list[User] = []

    def start(data_dir: Path) -> User:
        users.append(User(data_dir))
        return users[-1]

    yield start
    for user in users:
        user.end(kill=True)


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """An empty folder that the servers' account may reach; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="rf-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    remove(folder)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def module_data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def closed_data_dir(tmp_path: Path) -> Iterator[Path]:
    """A folder below one that only its owner may enter, as in a home folder of mode 700."""
    tmp_path.chmod(0o700)
    yield tmp_path / "var"
    remove(tmp_path / "var")


def remove(data_dir: Path) -> None:
    assert stopped(data_dir)
    for folder in {paths.socket_dir(data_dir), paths.home(data_dir), data_dir}:
        shutil.rmtree(folder, ignore_errors=True)


def stopped(data_dir: Path, seconds: float = 15) -> bool:
    """Whether both servers are gone, at the latest after so many seconds."""
    deadline = time.monotonic() + seconds
    while postmaster(data_dir) or valkey(data_dir):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def postmaster(data_dir: Path) -> int:
    """The process id of its PostgreSQL, 0 when none runs."""
    return _pid(paths.home(data_dir) / "postgres" / "postmaster.pid", b"postgres")


def valkey(data_dir: Path) -> int:
    return _pid(paths.home(data_dir) / "redis" / "server.pid", b"valkey")


def supervisor_pid(data_dir: Path) -> int:
    """The process id of the supervisor, by its command line: it has no pid file."""
    locks = os.fsencode(data_dir / "locks")
    for process in Path("/proc").glob("[0-9]*"):
        words = _command(int(process.name)).split(b"\0")
        if locks in words and any(word.endswith(b"supervisor.py") for word in words):
            return int(process.name)
    return 0


def _pid(file: Path, program: bytes) -> int:
    if not file.exists():
        return 0
    pid = int(file.read_text().split()[0])
    return pid if program in _command(pid) else 0


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()  # empty for one that is not reaped yet
    except OSError:
        return b""
