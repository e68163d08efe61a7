"""deploy/*.sql on a cluster of their own: what the application's role may not do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from pghistory.models import Event, Events

from redflag_credits.devserver import binaries, paths
from tests.plugin import ROOT
from tests.redflag_credits.devserver.conftest import User

DATABASE = "redflag_real"


def address(data_dir: Path, role: str) -> str:
    return f"postgresql://{role}@/{DATABASE}?host={paths.socket_dir(data_dir)}"


def psql(data_dir: Path, file: str, role: str, database: str) -> None:
    program = binaries.postgres_bin(paths.home(data_dir)) / "psql"
    server = f"postgresql://{role}@/{database}?host={paths.socket_dir(data_dir)}"
    done = subprocess.run(
        [program, "-Xq", "-v", f"database={DATABASE}", "-f", ROOT / "deploy" / file, server],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def application(module_data_dir: Path) -> Iterator[psycopg.Connection]:
    """A connection as redflag_app to a database that was set up as deploy/README.md says."""
    data_dir = module_data_dir
    user = User(data_dir)
    user.wait_until_ready()
    psql(data_dir, "roles.sql", role="postgres", database="postgres")
    migrated = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address(data_dir, "redflag_owner")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (migrated.returncode, migrated.stdout) == (0, ""), migrated.stderr
    for _ in range(2):  # it may run any number of times
        psql(data_dir, "privileges.sql", role="redflag_owner", database=DATABASE)
    with psycopg.connect(address(data_dir, "redflag_app"), autocommit=True) as connection:
        yield connection
    user.end(kill=True)


def test_the_application_cannot_get_round_the_guards(application: psycopg.Connection) -> None:
    forbidden = [
        "UPDATE ledger_entry SET contract_delta = 0",
        "UPDATE ledger_charge SET key = ''",
        "UPDATE ledger_chatmessage SET credits = 0",
        "UPDATE ledger_internationalmessage SET credits = 0",
        "UPDATE ledger_correctionrequest SET reason = ''",
        "DELETE FROM ledger_correctionrequest",
        "UPDATE ledger_creditrequest SET credits = 1",
        "UPDATE ledger_verificationrequest SET requested_by_id = 1",
        "DELETE FROM ledger_creditrequest",
        "DELETE FROM ledger_bundle",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_balance",
        "DELETE FROM ledger_internationalmessage",
        "TRUNCATE ledger_entry CASCADE",
        "TRUNCATE locations_rate",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TABLE ledger_entry CASCADE",
        "DROP FUNCTION ledger_append",
        "SET session_replication_role = replica",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE ledger_balance (id int)",
        "SET ROLE redflag_owner",
        "UPDATE django_migrations SET name = ''",
        "DELETE FROM django_admin_log",
    ]
    allowed = []
    for statement in forbidden:
        try:
            application.execute(statement)
            allowed.append(statement)
        except psycopg.errors.InsufficientPrivilege:
            pass
    assert allowed == []


def test_the_application_can_do_its_work(application: psycopg.Connection) -> None:
    def may(table: str, what: str) -> bool:
        row = application.execute(
            "SELECT has_table_privilege(%s, %s)", [f"public.{table}", what]
        ).fetchone()
        return row == (True,)

    models = apps.get_models(include_auto_created=True)
    # The audit log has no table of its own: it reads the event tables.
    tables = {m._meta.db_table for m in models if not issubclass(m, Events)}
    events = {m._meta.db_table for m in models if issubclass(m, Event)} & tables
    assert len(events) > 10
    for table in tables:
        assert may(table, "SELECT") and may(table, "INSERT"), table
        assert not may(table, "TRUNCATE") and not may(table, "TRIGGER"), table
        written_once = ("django_admin_log", "reports_reportdownload")
        in_ledger = table.startswith("ledger_") and table != "ledger_ratecardimpact"
        kept = in_ledger or table in written_once or table in events
        assert may(table, "DELETE") is not kept, table
    changing = {table for table in tables if table.startswith("ledger_") and may(table, "UPDATE")}
    assert changing == {
        "ledger_apitoken",
        "ledger_balance",
        "ledger_bundle",
        "ledger_ratecardimpact",
        "ledger_verification",
    }
    assert {table for table in events if may(table, "UPDATE")} == set()
    application.execute("INSERT INTO locations_account (name) VALUES ('An account')")
    application.execute("SELECT 1 FROM ledger_balance FOR UPDATE")
