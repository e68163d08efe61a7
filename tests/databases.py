"""Copies of the migrated test database, for tests that really commit.

The ledger's triggers refuse DELETE and TRUNCATE, so Django's flush between transactional tests
cannot work. A test that commits gets a copy of its own instead, and throws it away.
"""

import contextlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from locations import price_lists
from locations.terms import forget_seen, known_terms
from reports.accounts import forget_foreseen
from tests.plugin import ROOT

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Clone:
    """A database of one's own; this process's default connection leads to it meanwhile."""

    name: str
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """For subprocesses. `os.environ` has the same while the clone lives."""
        return {**os.environ, "DATABASE_URL": self.url, "REDIS_URL": settings.REDIS_URL}

    def manage(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a management command as a process of its own; the caller judges its exit code."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            **options,
        )


def forget_the_last() -> None:
    """Ids repeat from one copy to the next: no process knows both, but that of the tests."""
    known_terms.cache_clear()
    forget_seen()
    forget_foreseen()
    price_lists.forget()
    price_lists.price_list.cache_clear()


@contextlib.contextmanager
def cloned() -> Iterator[Clone]:
    forget_the_last()
    live = connections.settings["default"]
    template = live["NAME"]
    assert template == live["TEST"]["NAME"], "the test database has not been set up"
    name = f"{template}_clone_{os.getpid()}_{next(_numbers)}"
    url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{quote(name)}").geturl()
    connections.close_all()
    before = {key: os.environ.get(key) for key in ("DATABASE_URL", "REDIS_URL")}
    with administration() as server:
        # A thread of an earlier test may have left a connection, which would block the copy.
        end_clients(server, template)
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    live["NAME"] = name
    os.environ.update(DATABASE_URL=url, REDIS_URL=settings.REDIS_URL)
    try:
        yield Clone(name=name, url=url)
    finally:
        connections.close_all()
        live["NAME"] = template
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
        with administration() as server:
            drop(server, name)


def drop_leftovers(test_name: str) -> None:
    """Clones of runs that were killed. Only for a name that no other run has."""
    with administration() as server:
        found = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"{test_name}_clone_"],
        )
        for (name,) in found.fetchall():
            drop(server, name)


def drop(server: psycopg.Connection, name: str) -> None:
    # Not WITH (FORCE), which asks for the right to end an autovacuum worker too.
    end_clients(server, name)
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def end_clients(server: psycopg.Connection, name: str) -> None:
    """Copying or dropping the database waits some seconds until they are gone.

    An autovacuum worker steps aside for it by itself, and may not be ended by everybody.
    """
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND backend_type = 'client backend'",
        [name],
    )


@contextlib.contextmanager
def administration() -> Iterator[psycopg.Connection]:
    parameters = connections["default"].get_connection_params() | {"dbname": "postgres"}
    with psycopg.connect(**parameters, autocommit=True) as server:
        yield server
