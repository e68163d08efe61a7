import contextlib
import os
import shlex
import shutil
import time
from pathlib import Path

import psycopg
from psycopg import sql

from redflag_credits.devserver import binaries, paths, supervisor
from redflag_credits.devserver.binaries import ServersUnavailable
from redflag_credits.devserver.data_dir import (
    delete_large_log,
    make_home,
    owner,
    record_server,
    run_as_owner,
    tail,
)

START_SECONDS = 60
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start(data_dir: Path, *, fsync: bool) -> None:
    folder = make_home(data_dir)
    data = folder / "postgres"
    if not supervisor.answers(paths.socket_dir(data_dir) / paths.POSTGRES_SOCKET):
        _launch(data_dir, data, binaries.postgres_bin(folder), fsync=fsync)
    _wait_until_ready(data)
    is_complete = folder / "postgres.whole"
    if not is_complete.exists():
        _create_role_and_database(data_dir)
        is_complete.touch()


def admin_url(data_dir: Path, database: str = "postgres") -> str:
    return f"postgresql://postgres@/{database}?host={paths.socket_dir(data_dir)}"


def _launch(data_dir: Path, data: Path, programs: Path, *, fsync: bool) -> None:
    if not data.exists():
        _initdb(programs, data)
    elif data.stat().st_uid != owner()[0]:
        raise ServersUnavailable(
            f"{data} belongs to another user: run as that user, or choose another DATA_DIR."
        )
    sockets = paths.socket_dir(data_dir)
    listener = sockets / paths.POSTGRES_SOCKET
    record_server(data_dir, "postgres", pg_ctl=programs / "pg_ctl", data=data, socket=listener)
    log = data / "server.log"
    delete_large_log(log)
    _remove_stale_pid_file(data)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": sockets,
        "unix_socket_permissions": "0700",
        "port": paths.POSTGRES_PORT,
        "timezone": "UTC",
        "log_timezone": "UTC",
        **({} if fsync else UNSAFE_AND_FAST),
    }
    flags = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
    command = [programs / "pg_ctl", "-D", data, "-l", log, "-w", "-t", START_SECONDS]
    command += ["-o", flags, "start"]
    for _ in range(5):
        if run_as_owner(command, cwd=data).returncode == 0:
            break
        time.sleep(1)  # processes of a killed server may still be exiting
    else:
        raise ServersUnavailable(f"The embedded PostgreSQL does not start:\n{tail(log)}")


def _wait_until_ready(data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            if (data / "postmaster.pid").read_text().split()[-1:] == ["ready"]:
                return
        time.sleep(0.05)
    log = data / "server.log"
    raise ServersUnavailable(f"The embedded PostgreSQL does not get ready:\n{tail(log)}")


def _initdb(programs: Path, data: Path) -> None:
    partial = data.with_name("postgres.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    os.chown(partial, *owner())
    command = [programs / "initdb", "-D", partial, "-U", "postgres", "--auth=trust"]
    # LANG=C would make searches miss accents; the builtin locale is the same on every machine.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    command += ["--data-checksums", "--no-instructions"]
    completed = run_as_owner(command, cwd=partial)
    if completed.returncode:
        raise ServersUnavailable(f"The embedded PostgreSQL cannot be set up:\n{completed.stdout}")
    partial.rename(data)


def _create_role_and_database(data_dir: Path) -> None:
    """The role is no superuser, so that triggers and privileges apply to it."""
    role, database = sql.Identifier(paths.ROLE), sql.Identifier(paths.DATABASE)
    with psycopg.connect(admin_url(data_dir), autocommit=True) as connection:
        if not connection.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s", [paths.ROLE]
        ).fetchone():
            # CREATEDB for the tests.
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [paths.DATABASE]
        ).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))


def _remove_stale_pid_file(data: Path) -> None:
    """After a reboot the pid may belong to another program; PostgreSQL would refuse to start."""
    pid_file = data / "postmaster.pid"
    try:
        command = Path(f"/proc/{pid_file.read_text().split()[0]}/cmdline").read_bytes()
    except (OSError, IndexError):
        return  # no file, no process or no /proc: PostgreSQL handles these itself
    if os.fsencode(data) not in command:
        pid_file.unlink()
