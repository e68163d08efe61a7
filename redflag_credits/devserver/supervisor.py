"""Stop the embedded servers when their last user has ended, even by `kill -9`.

Every user holds a shared lock on `users.lock`. The supervisor, one per data folder, waits for
the exclusive lock. It runs as a script on the standard library alone to stay small.
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
SUPERVISOR_LOCK = "supervisor.lock"
RUNNING = "running.json"  # servers to stop
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
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def as_account(name: str | None) -> dict[str, Any]:
    """Arguments for subprocess to run as this user; None: the current one."""
    if name is None:
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def stop_servers(folder: Path) -> None:
    record = folder / RUNNING
    try:
        running = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return
    if (redis := running.get("redis")) and answers(Path(redis["socket"])):
        stop_redis(Path(redis["socket"]))
    # The pid file may name another program by now: PostgreSQL runs only if its socket answers.
    if (postgres := running.get("postgres")) and answers(Path(postgres["socket"])):
        command = [postgres["pg_ctl"], "stop", "-D", postgres["data"], "-m", "fast"]
        subprocess.run(  # noqa: S603
            [*command, "-t", str(STOP_SECONDS)],
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


def supervise(folder: Path) -> None:
    with open_lock(folder / SUPERVISOR_LOCK) as own_lock:
        if not try_lock(own_lock):
            return
        if os.fork():  # the child keeps the lock
            os._exit(0)
        os.setsid()
        while True:
            with open_lock(folder / USERS_LOCK) as users:
                fcntl.flock(users, fcntl.LOCK_EX)
            # Released before taking the change lock: users take them in the other order.
            with (
                open_lock(folder / CHANGE_LOCK) as change,
                open_lock(folder / USERS_LOCK) as users,
            ):
                fcntl.flock(change, fcntl.LOCK_EX)
                if try_lock(users):
                    stop_servers(folder)
                    # Before the change lock: the next user must start a new supervisor.
                    own_lock.close()
                    return


if __name__ == "__main__":
    supervise(Path(sys.argv[1]))
