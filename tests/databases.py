"""The migrated template database, and copies of it for tests that really commit.

The ledger's triggers refuse DELETE and TRUNCATE, so Django's flush between transactional tests
cannot work. A test that commits gets a copy of its own instead, and throws it away.
"""

import contextlib
import functools
import hashlib
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
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from locations.known_terms import known_terms
from tests.plugin import ROOT

_numbers = itertools.count(1)

# Checkouts that share a server keep their templates apart.
TEMPLATE_PREFIX = f"test_template_{hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]}_"
MIGRATED_FROM = [
    "*/migrations/*.py",
    "*/models/*.py",
    "*/sql/*.sql",
    "locations/db/*.py",
    "locations/users/groups.py",
    "redflag_credits/settings.py",
    "requirements/dev.txt",
]


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


@contextlib.contextmanager
def cloned() -> Iterator[Clone]:
    """Clones may be nested: the default connection leads to the innermost."""
    known_terms.clear()  # ids repeat from one copy to the next
    live = connections.settings["default"]
    outer, own = live["NAME"], live["TEST"]["NAME"]
    assert own and outer.startswith(own), "the test database has not been set up"
    name = f"{own}_clone_{next(_numbers)}"
    url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{quote(name)}").geturl()
    connections.close_all()
    environment = {key: os.environ.get(key) for key in ("DATABASE_URL", "REDIS_URL")}
    with administration() as server:
        copy(server, template_name(), name)
    live["NAME"] = name
    os.environ.update(DATABASE_URL=url, REDIS_URL=settings.REDIS_URL)
    try:
        yield Clone(name=name, url=url)
    finally:
        connections.close_all()
        live["NAME"] = outer
        for key, value in environment.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
        with administration() as server:
            drop(server, name)


@contextlib.contextmanager
def template() -> Iterator[None]:
    """Migrate the template database, unless an earlier run did. No test connects to it.

    A process that uses a template holds its lock, so that no run of other migrations drops it.
    """
    name = template_name()
    with administration() as server:
        server.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", [name])
        # Test processes start together: one migrates, the others wait.
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATE_PREFIX])
        if name not in databases_like(server, TEMPLATE_PREFIX):
            _drop_unused_templates(server)
            _migrate_template(server, name)
        server.execute("SELECT pg_advisory_unlock(hashtext(%s))", [TEMPLATE_PREFIX])
        yield


def _drop_unused_templates(server: psycopg.Connection) -> None:
    for name in databases_like(server, TEMPLATE_PREFIX):
        free = server.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
        if free == (True,):
            drop(server, name)


def _migrate_template(server: psycopg.Connection, name: str) -> None:
    building = f"{name}_building"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = building
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(building), sql.Identifier(name)
        )
    )


@functools.cache
def template_name() -> str:
    """Named by everything that a migrated database depends on."""
    digest = hashlib.sha256()
    files = [path for pattern in MIGRATED_FROM for path in ROOT.glob(pattern)]
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{TEMPLATE_PREFIX}{digest.hexdigest()[:12]}"


def databases_like(server: psycopg.Connection, prefix: str) -> list[str]:
    found = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
    )
    return [name for (name,) in found.fetchall()]


def copy(server: psycopg.Connection, template: str, name: str) -> None:
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def drop_leftovers(prefix: str) -> None:
    """Databases of runs that were killed. Only for a prefix that no other run has."""
    with administration() as server:
        for name in databases_like(server, prefix):
            drop(server, name)


def drop(server: psycopg.Connection, name: str) -> None:
    # Not WITH (FORCE), which asks for the right to end an autovacuum worker too.
    end_clients(server, name)
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def end_clients(server: psycopg.Connection, name: str) -> None:
    """Dropping the database waits some seconds until they are gone.

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
