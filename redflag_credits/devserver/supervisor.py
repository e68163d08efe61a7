"""Stops the embedded servers when their last user has gone, however it went.

Every using process holds a shared lock on `users.lock`, which the kernel releases even after
`kill -9`. This keeper, one per data folder, sleeps until it can have the lock for itself. It
runs as a file of its own and on the standard library alone, so that it stays small.
"""

import contextlib
import fcntl
import json
import os
import pwd
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

USERS_LOCK = "users.lock"
CHANGE_LOCK = "change.lock"  # held while servers are started or stopped
KEEPER_LOCK = "keeper.lock"  # held by a keeper for its whole life
RUNNING = "running.json"  # what has to be stopped, and how
STOP_SECONDS = 60


def lock_folder(data_dir: Path) -> Path:
    return data_dir / "locks"


def open_lock(path: Path) -> IO[bytes]:
    return path.open("ab")


def try_lock(file: IO[bytes], how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for(file: IO[bytes]) -> None:
    fcntl.flock(file, fcntl.LOCK_EX)


def answers(path: Path) -> bool:
    """Whether a live process listens on this socket; a leftover file is not one."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def as_account(name: str | None) -> dict[str, Any]:
    """Arguments for subprocess: run as this user, or as oneself."""
    if name is None:
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def stop_servers(folder: Path) -> None:
    """Stop what `running.json` lists. The caller holds the change lock and nobody uses them."""
    record = folder / RUNNING
    try:
        running = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return
    if (redis := running.get("redis")) and answers(Path(redis["socket"])):
        stop_redis(Path(redis["socket"]))
    # The process id in PostgreSQL's pid file may be a stranger's by now: only after its own
    # socket has answered is it known to be alive.
    if (postgres := running.get("postgres")) and answers(Path(postgres["socket"])):
        subprocess.run(  # noqa: S603
            [
                postgres["pg_ctl"],
                "-D",
                postgres["data"],
                "-m",
                "fast",
                "-t",
                str(STOP_SECONDS),
                "stop",
            ],
            cwd=postgres["data"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **as_account(postgres["account"]),
        )
    record.unlink(missing_ok=True)


def stop_redis(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(str(path))
        client.sendall(b"SHUTDOWN\r\n")
        with contextlib.suppress(OSError):
            client.recv(1024)
    deadline = time.monotonic() + STOP_SECONDS
    while answers(path) and time.monotonic() < deadline:
        time.sleep(0.02)


def keep(folder: Path) -> None:
    with open_lock(folder / KEEPER_LOCK) as alone:
        if not try_lock(alone):
            return
        if os.fork():  # the starter gets its answer, the child keeps the lock
            os._exit(0)
        os.setsid()
        while True:
            with open_lock(folder / USERS_LOCK) as users:
                fcntl.flock(users, fcntl.LOCK_EX)
            # Let go before asking for the change lock: a new user takes them the other way round.
            with (
                open_lock(folder / CHANGE_LOCK) as change,
                open_lock(folder / USERS_LOCK) as users,
            ):
                fcntl.flock(change, fcntl.LOCK_EX)
                if try_lock(users):
                    stop_servers(folder)
                    # First this, then the change lock: who comes next must start a new keeper.
                    alone.close()
                    return


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
