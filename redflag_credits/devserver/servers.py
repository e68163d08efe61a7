"""Start and share the embedded PostgreSQL and Valkey.

The first process starts them, later ones share them, and the supervisor stops them when the last
one has ended.
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

# Raw descriptors stay open until the process ends.
_held: dict[Path, int] = {}


def use_configured() -> None:
    if settings.LOCAL_POSTGRES or settings.LOCAL_REDIS:
        use(
            settings.DATA_DIR,
            with_postgres=settings.LOCAL_POSTGRES,
            with_redis=settings.LOCAL_REDIS,
        )


def use(
    data_dir: Path, *, with_postgres: bool = True, with_redis: bool = True, fsync: bool = True
) -> None:
    """Keep the servers of this folder running until this process ends. Raises ServersUnavailable.

    `fsync=False` is for tests and applies only if this call starts PostgreSQL.
    """
    folder = supervisor.lock_folder(data_dir)
    make_folder(folder)
    with _lock_changes(folder):
        if data_dir not in _held:
            users = os.open(folder / supervisor.USERS_LOCK, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(users, fcntl.LOCK_SH)
            _held[data_dir] = users
        try:
            _start_supervisor(folder)
            if with_postgres:
                postgres.start(data_dir, fsync=fsync)
            if with_redis:
                valkey.start(data_dir)
        except BaseException:
            os.close(_held.pop(data_dir))
            raise


def leave(data_dir: Path) -> bool:
    """Stop the servers unless others use them; returns whether they were stopped."""
    folder = supervisor.lock_folder(data_dir)
    if data_dir in _held:
        os.close(_held.pop(data_dir))
    with _lock_changes(folder), supervisor.open_lock(folder / supervisor.USERS_LOCK) as users:
        deadline = time.monotonic() + RELEASE_TIMEOUT_SECONDS
        while not supervisor.try_lock(users):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        supervisor.stop_servers(folder)
        return True


def held_locks() -> list[int]:
    """Descriptors to pass on to children that may outlive this process."""
    return list(_held.values())


@contextlib.contextmanager
def _lock_changes(folder: Path) -> Iterator[None]:
    with supervisor.open_lock(folder / supervisor.CHANGE_LOCK) as change:
        fcntl.flock(change, fcntl.LOCK_EX)
        yield


def _start_supervisor(folder: Path) -> None:
    # Returns after the fork, or at once if a supervisor is running.
    subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-E", supervisor.__file__, folder],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )
