"""The benchmark database: locations with credits, a rate card and the floor tables."""

import datetime as dt
import random
from functools import cache

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from benchmarks import DATABASE_NAME
from ledger.engine import charging
from ledger.models import Balance, Entry, EntryKind
from locations.calendar import add_months
from locations.db.sql import fetch_rows
from locations.known_terms import known_terms
from locations.models import Contract, Location
from redflag_credits.devserver import servers
from tests import factories

LOCATIONS = 1_000
CREDITS = 10**9
HISTORY = 3_000  # charges
FIRST_FLOOR_ID = 10**9  # above every id of the ledger, whose rows COPY adds to the floor's tables

# Tables with the same columns and indexes, without foreign keys, checks and triggers.
FLOOR_TABLES = ("ledger_balance", "ledger_charge", "ledger_entry", "ledger_internationalmessage")


def start_server() -> None:
    if settings.LOCAL_POSTGRES:
        servers.use(settings.DATA_DIR, with_redis=False)


def create(*, starts_on: dt.date = dt.date(2026, 1, 1), term_months: int = 12) -> None:
    connections.settings["default"]["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE_NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE_NAME}")
    connection.close()
    reuse()
    _create_locations(starts_on, add_months(starts_on, term_months), term_months)


def reuse() -> None:
    connections.settings["default"]["NAME"] = DATABASE_NAME
    call_command("migrate", verbosity=0)


def _create_locations(starts_on: dt.date, ends_on: dt.date, term_months: int) -> None:
    factories.make_card()
    account = factories.make_account()
    starts_at, ends_at = (dt.datetime.combine(on, dt.time(), dt.UTC) for on in (starts_on, ends_on))
    with transaction.atomic():
        Location.objects.bulk_create(
            Location(account=account, name=f"Location {n}", time_zone="UTC")
            for n in range(LOCATIONS)
        )
        contracts = [
            Contract(
                location_id=location,
                starts_on=starts_on,
                term_months=term_months,
                included_credits=CREDITS,
            )
            for location in location_ids()
        ]
        Contract.objects.bulk_create(contracts)
        versions = dict(Location.objects.values_list("pk", "terms_version"))
        Balance.objects.bulk_create(
            Balance(
                location_id=location,
                contract_credits=CREDITS,
                last_number=1,
                renewed_through_on=starts_on,
                renewal_due_at=ends_at,
                terms_version=version,
            )
            for location, version in versions.items()
        )
        Entry.objects.bulk_create(
            Entry(
                location_id=contract.location_id,
                number=1,
                kind=EntryKind.CONTRACT_GRANT,
                contract_delta=CREDITS,
                purchased_delta=0,
                contract_after=CREDITS,
                purchased_after=0,
                at=starts_at,
                day=starts_on,
                contract=contract,
                term_starts_on=starts_on,
            )
            for contract in contracts
        )


def create_floor() -> None:
    _create_history()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA floor")
        for table in FLOOR_TABLES:
            cursor.execute(
                f"CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING DEFAULTS"
                " INCLUDING IDENTITY INCLUDING INDEXES INCLUDING STORAGE)"
            )
            cursor.execute(f"INSERT INTO floor.{table} SELECT * FROM public.{table}")
            if table != "ledger_balance":
                cursor.execute(
                    f"ALTER TABLE floor.{table} ALTER COLUMN id RESTART WITH {FIRST_FLOOR_ID}"
                )
        cursor.execute("ANALYZE")


def _create_history() -> None:
    """Statistics of empty tables must not shape the plans."""
    for number in range(HISTORY):
        text = factories.text(f"+3361{number:07}", external_id=f"history-{number}")
        charging.charge_broadcast(
            random.choice(location_ids()),
            "text",
            [text],
            key=f"history-{number}",
            at=factories.NOON,
        )
        if number in (0, 100, 1_000):
            # New statistics make the connection drop its cached plans.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


@cache
def location_ids() -> list[int]:
    return list(Location.objects.order_by("pk").values_list("pk", flat=True))


def insert_columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [
            column.name
            for column in connection.introspection.get_table_description(cursor, table)
            if column.name != "id"
        ]


def warm_caches() -> None:
    for location in location_ids():
        known_terms.get(location)
    card = known_terms.card_in_force(None, dt.date(2026, 6, 15))
    assert card is not None
    known_terms.price_list(card)


def get_setting(setting: str) -> str:
    return str(fetch_rows(f"SHOW {setting}")[0][0])
