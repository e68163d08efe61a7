"""Single charges: ours, the floor's SQL and django-hordak's transfer_to."""

import datetime as dt
import itertools
import random
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection, transaction
from hordak.models import Account, AccountType
from moneyed import Money

from benchmarks import database
from benchmarks.load import Connected, Variant
from ledger.engine import charging
from tests import factories


def messages(count: int, mark: str, *, sent_at: dt.datetime = factories.NOON) -> list[Any]:
    return [
        factories.text(
            f"+3361{number:07}",
            external_id=f"{mark}-{n}",
            sent_at=sent_at,
            profile={"first_name": "María", "last_name": "Söderström", "room": str(n)},
        )
        for n, number in enumerate(random.sample(range(10**7), count))
    ]


def ours(locations: Sequence[int]) -> Variant:
    def connect(mark: str) -> Connected:
        connection.ensure_connection()
        numbers = itertools.count()

        def charge() -> None:
            n = next(numbers)
            answer = charging.charge_broadcast(
                random.choice(locations),
                "text",
                messages(1, f"{mark}-{n}"),
                key=f"{mark}-{n}",
                at=factories.NOON,
            )
            assert answer.outcome == "charged"

        return charge, connection.connection.info.backend_pid

    return connect


def floor(locations: Sequence[int], *, schema: str = "floor") -> Variant:
    sql, row = floor_statement(schema)

    def connect(mark: str) -> Connected:
        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context"):
            parameters.pop(name, None)
        server = psycopg.connect(**parameters, autocommit=True)
        cursor = server.cursor()
        numbers = itertools.count()

        def write() -> None:
            key = f"{mark}-{next(numbers)}"
            number = f"+3361{random.randrange(10**7):07}"
            location = random.choice(locations)
            values = {"location_id": location, "key": key, "external_id": key, "phone": number}
            cursor.execute(sql, row | values, prepare=True)

        return write, server.info.backend_pid

    return connect


def floor_statement(schema: str) -> tuple[str, dict[str, Any]]:
    """One statement that writes what a charge of ours wrote, and its parameters."""
    mark = f"sample-{schema}-{time.monotonic_ns()}"
    charging.charge_broadcast(
        database.location_ids()[0], "text", messages(1, mark), key=mark, at=factories.NOON
    )
    row: dict[str, Any] = {}
    inserts: dict[str, str] = {}
    computed = {
        "charge_id": "c.id",
        "entry_id": "e.id",
        "number": "b.last_number",
        "contract_after": "b.contract_credits",
        "purchased_after": "b.purchased_credits",
    }
    for table, source in (
        ("ledger_charge", "b"),
        ("ledger_entry", "b, c"),
        ("ledger_internationalmessage", "b, c, e"),
    ):
        names = database.insert_columns(table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(_select_column(name) for name in names)} FROM {table}"
                " ORDER BY id DESC LIMIT 1"
            )
            values = dict(zip(names, cursor.fetchone() or (), strict=True))
            cursor.execute(
                "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                " WHERE attrelid = %s::regclass",
                [table],
            )
            types = dict(cursor.fetchall())
        # Columns of the same name share their value, except those of the entry.
        if table == "ledger_entry":
            values = {f"entry_{name}": value for name, value in values.items()}
        prefix = "entry_" if table == "ledger_entry" else ""
        row |= {name: value for name, value in values.items() if name != "entry_location_id"}
        expressions = [
            computed.get(name)
            or (
                f"%(location_id)b::{types[name]}"
                if name == "location_id"
                else f"%({prefix}{name})b::{types[name]}"
            )
            for name in names
        ]
        inserts[table] = (
            f"INSERT INTO {schema}.{table} ({', '.join(names)})"
            f" SELECT {', '.join(expressions)} FROM {source} RETURNING id"
        )
    sql = f"""
        WITH b AS (UPDATE {schema}.ledger_balance
                      SET last_number = last_number + 1,
                          contract_credits = contract_credits - %(credits)b::bigint
                    WHERE location_id = %(location_id)b::bigint
                RETURNING last_number, contract_credits, purchased_credits),
             c AS ({inserts["ledger_charge"]}),
             e AS ({inserts["ledger_entry"]})
        {inserts["ledger_internationalmessage"]}"""
    parameters = {name: value for name, value in row.items() if f"%({name})b" in sql}
    return sql, parameters


def _select_column(column: str) -> str:
    return "profile::text" if column == "profile" else column


def hordak(pairs: Sequence[tuple[Any, Any]]) -> Variant:
    def connect(mark: str) -> Connected:
        connection.ensure_connection()
        amount = Money(7, "EUR")

        def transfer() -> None:
            credits, usage = random.choice(pairs)
            credits.transfer_to(usage, amount)

        return transfer, connection.connection.info.backend_pid

    return connect


def hordak_accounts() -> list[tuple[Any, Any]]:
    def account(name: str, kind: AccountType) -> Account:
        return Account.objects.create(name=name, type=kind, currencies=["EUR"])

    with transaction.atomic():
        usage = account("Usage", AccountType.expense)
        return [
            (account(f"Location {n}", AccountType.asset), usage) for n in range(database.LOCATIONS)
        ]
