"""The embedded servers with real processes: shared, stopped, killed, started again."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from redflag_credits.devserver import binaries, paths, postgres
from tests.redflag_credits.devserver.conftest import (
    User,
    postmaster,
    stopped,
    supervisor_pid,
    valkey,
)

NewUser = Callable[[Path], User]


def put(data_dir: Path, word: str) -> None:
    with psycopg.connect(paths.database_url(data_dir)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        database.execute("INSERT INTO kept VALUES (%s)", [word])
    with redis.Redis.from_url(paths.redis_url(data_dir)) as broker:
        broker.rpush("kept", word)


def stored(data_dir: Path) -> tuple[list[str], list[str]]:
    with psycopg.connect(paths.database_url(data_dir)) as database:
        rows = [row[0] for row in database.execute("SELECT word FROM kept ORDER BY word")]
    with redis.Redis.from_url(paths.redis_url(data_dir)) as broker:
        return rows, [word.decode() for word in broker.lrange("kept", 0, -1)]


def test_the_last_user_out_stops_the_servers(data_dir: Path, new_user: NewUser) -> None:
    first = new_user(data_dir)
    first.wait_until_ready()
    running = (postmaster(data_dir), valkey(data_dir))
    second = new_user(data_dir)
    second.wait_until_ready()
    assert (postmaster(data_dir), valkey(data_dir)) == running
    first.end()
    assert not stopped(data_dir, seconds=1)
    put(data_dir, "while the second is there")
    second.end()
    assert stopped(data_dir)


def test_four_users_may_come_at_once(data_dir: Path, new_user: NewUser) -> None:
    users = [new_user(data_dir) for _ in range(4)]
    for user in users:
        user.wait_until_ready()
    put(data_dir, "one server for all")


def test_a_killed_user_leaves_no_servers_behind(data_dir: Path, new_user: NewUser) -> None:
    user = new_user(data_dir)
    user.wait_until_ready()
    put(data_dir, "before")
    user.end(kill=True)
    assert stopped(data_dir)
    new_user(data_dir).wait_until_ready()
    assert stored(data_dir) == (["before"], ["before"])


def test_committed_data_survives_the_death_of_everything(data_dir: Path, new_user: NewUser) -> None:
    user = new_user(data_dir)
    user.wait_until_ready()
    put(data_dir, "committed")
    os.kill(supervisor_pid(data_dir), signal.SIGKILL)
    for pid in (postmaster(data_dir), valkey(data_dir)):
        os.kill(pid, signal.SIGKILL)
    user.end(kill=True)
    new_user(data_dir).wait_until_ready()
    assert stored(data_dir) == (["committed"], ["committed"])


def test_servers_that_still_live_are_used_again(data_dir: Path, new_user: NewUser) -> None:
    user = new_user(data_dir)
    user.wait_until_ready()
    running = (postmaster(data_dir), valkey(data_dir))
    os.kill(supervisor_pid(data_dir), signal.SIGKILL)
    user.end(kill=True)
    assert not stopped(data_dir, seconds=0.5)
    next_user = new_user(data_dir)
    next_user.wait_until_ready()
    assert (postmaster(data_dir), valkey(data_dir)) == running
    next_user.end()
    assert stopped(data_dir)


def test_a_start_that_was_cut_short_is_made_good(data_dir: Path, new_user: NewUser) -> None:
    (data_dir / "postgres.partial").mkdir()
    (data_dir / "postgres.partial" / "half").touch()
    new_user(data_dir).wait_until_ready()
    put(data_dir, "whole")


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(data_dir: Path, new_user: NewUser) -> None:
    user = new_user(data_dir)
    user.wait_until_ready()
    user.end()
    assert stopped(data_dir)
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir}\n0\n5432\n")
    new_user(data_dir).wait_until_ready()
    assert postmaster(data_dir) != os.getpid()


def test_the_application_is_no_superuser_and_the_cluster_is_careful(
    data_dir: Path, new_user: NewUser
) -> None:
    new_user(data_dir).wait_until_ready()
    with psycopg.connect(paths.database_url(data_dir)) as database:

        def ask(question: str) -> object:
            row = database.execute(question).fetchone()
            return row and row[0]

        superuser = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        assert ask(superuser) is False
        assert ask("SHOW data_checksums") == "on"
        assert ask("SHOW fsync") == "on"
        assert ask("SHOW listen_addresses") == ""
        assert ask("SELECT 'CAFÉ' ILIKE 'café'") is True
        database.execute("CREATE EXTENSION btree_gist")  # trusted: the owner may
    with psycopg.connect(postgres.admin_url(data_dir)) as administrator:
        row = administrator.execute(superuser).fetchone()
        assert row == (True,)
    assert paths.socket_dir(data_dir).stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the servers as nobody")
def test_root_in_a_closed_folder_is_told_where_the_data_is(
    closed_data_dir: Path, new_user: NewUser
) -> None:
    mode = closed_data_dir.parent.stat().st_mode
    user = new_user(closed_data_dir)
    printed = user.wait_until_ready()
    home = paths.home(closed_data_dir)
    assert printed == (
        f"The embedded servers run as `nobody` and keep their data in {home}\nready\n"
    )
    put(closed_data_dir, "outside")
    user.end()
    assert stopped(closed_data_dir)
    assert closed_data_dir.parent.stat().st_mode == mode
    again = new_user(closed_data_dir)
    assert again.wait_until_ready() == "ready\n"
    assert stored(closed_data_dir) == (["outside"], ["outside"])
    again.end()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the servers as nobody")
def test_programs_that_nobody_cannot_reach_are_copied(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = binaries._can_run
    monkeypatch.setattr(
        binaries, "_can_run", lambda program: data_dir in program.parents and runs(program)
    )
    programs = binaries.postgres_bin(data_dir)
    assert data_dir in programs.parents
    assert runs(programs / "initdb")
    assert data_dir in binaries.valkey_server(data_dir).parents


@pytest.mark.parametrize(
    ("find", "variable"),
    [(binaries.postgres_bin, "DATABASE_URL"), (binaries.valkey_server, "REDIS_URL")],
)
def test_without_the_local_extra_the_error_says_what_to_set(
    find: Callable[[Path], Path],
    variable: str,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(binaries.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(binaries.ServersUnavailable, match=f"{variable} is not set.*local.txt"):
        find(data_dir)
