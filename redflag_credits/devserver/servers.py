"""Starts the PostgreSQL and the Redis-protocol server of a checkout, and shares them.

`use()` is all that callers need: afterwards the servers answer for as long as this process
lives. Whoever comes first starts them, later ones share them, and the keeper stops them when
the last one has gone.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from redflag_credits.devserver import postgres, supervisor, valkey
from redflag_credits.devserver.data_dir import make_folder

RELEASE_TIMEOUT_SECONDS = 1  # a killed child holds its lock until it has exited

# Bare descriptors: they stay open until the process ends, and nothing has to close them.
_held: dict[Path, int] = {}


def use_configured() -> None:
    """Start what the settings leave to us: nothing where they name servers of one's own."""
    if settings.LOCAL_POSTGRES or settings.LOCAL_REDIS:
        use(
            settings.DATA_DIR,
            with_postgres=settings.LOCAL_POSTGRES,
            with_redis=settings.LOCAL_REDIS,
        )


def use(
    data_dir: Path, *, with_postgres: bool = True, with_redis: bool = True, fsync: bool = True
) -> None:
    """Make sure that the servers of this folder run until this process ends.

    `fsync=False` is for tests: it counts only where this call is the one that starts
    PostgreSQL. Raises ServersUnavailable with a message for the reader.
    """
    folder = supervisor.lock_folder(data_dir)
    make_folder(folder)
    with _change(folder):
        if data_dir not in _held:
            users = os.open(folder / supervisor.USERS_LOCK, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(users, fcntl.LOCK_SH)
            _held[data_dir] = users
        try:
            _start_keeper(folder)
            if with_postgres:
                postgres.start(data_dir, fsync=fsync)
            if with_redis:
                valkey.start(data_dir)
        except BaseException:
            os.close(_held.pop(data_dir))
            raise


def leave(data_dir: Path) -> bool:
    """Stop using them, and stop them at once if nobody else does. Answers whether it did.

    Optional: the keeper does the same soon after a process has ended.
    """
    folder = supervisor.lock_folder(data_dir)
    if data_dir in _held:
        os.close(_held.pop(data_dir))
    with _change(folder), supervisor.open_lock(folder / supervisor.USERS_LOCK) as users:
        deadline = time.monotonic() + RELEASE_TIMEOUT_SECONDS
        while not supervisor.try_lock(users):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        supervisor.stop_servers(folder)
        return True


def held_locks() -> list[int]:
    """The descriptors of this process's shares, to hand on to children that may outlive it."""
    return list(_held.values())


@contextlib.contextmanager
def _change(folder: Path) -> Iterator[None]:
    with supervisor.open_lock(folder / supervisor.CHANGE_LOCK) as change:
        fcntl.flock(change, fcntl.LOCK_EX)
        yield


def _start_keeper(folder: Path) -> None:
    # It returns at once where one lives already, and after the fork where it does not.
    subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-E", supervisor.__file__, folder],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )
