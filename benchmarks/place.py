"""A database of the benchmarks' own: locations with credits, a card, the floor's bare tables."""

import datetime as dt
import random
from functools import cache

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from benchmarks import NAME
from ledger.engine import charging
from ledger.models import Balance, Entry, Kind
from locations.calendar import add_months
from locations.contracts.terms import known_terms
from locations.models import Contract, Location
from locations.rate_cards import prices
from redflag_credits.devserver import servers
from tests import factories

LOCATIONS = 1_000
CREDITS = 10**9
HISTORY = 3_000  # charges
FIRST_FLOOR_ID = 10**9  # above every id of the ledger, whose rows COPY adds to the floor's tables

# The floor writes the same rows into tables with the same columns and indexes, without the
# foreign keys, CHECK constraints and triggers that guard ours.
FLOOR_TABLES = ("ledger_balance", "ledger_charge", "ledger_entry", "ledger_internationalmessage")


def start() -> None:
    """Start the embedded PostgreSQL, with fsync; nothing where DATABASE_URL names another."""
    if settings.LOCAL_POSTGRES:
        servers.use(settings.DATA_DIR, with_redis=False)


def build(*, starts_on: dt.date = dt.date(2026, 1, 1), term_months: int = 12) -> None:
    """Make the database anew: locations in their first term, and nothing spent."""
    database = connections.settings["default"]
    database["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
    connection.close()
    take_again()
    _fill(starts_on, add_months(starts_on, term_months), term_months)


def take_again() -> None:
    """Use the database that is there, brought up to date."""
    connections.settings["default"]["NAME"] = NAME
    call_command("migrate", verbosity=0)


def _fill(starts_on: dt.date, ends_on: dt.date, term_months: int) -> None:
    factories.make_card()
    account = factories.make_account()
    starts_at, ends_at = (dt.datetime.combine(on, dt.time(), dt.UTC) for on in (starts_on, ends_on))
    with transaction.atomic():
        Location.objects.bulk_create(
            Location(account=account, name=f"Location {n}", time_zone="UTC")
            for n in range(LOCATIONS)
        )
        of_location = [
            Contract(
                location_id=location,
                starts_on=starts_on,
                term_months=term_months,
                included_credits=CREDITS,
            )
            for location in locations()
        ]
        Contract.objects.bulk_create(of_location)
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
                kind=Kind.CONTRACT_GRANT,
                contract_delta=CREDITS,
                purchased_delta=0,
                contract_after=CREDITS,
                purchased_after=0,
                at=starts_at,
                day=starts_on,
                contract=contract,
                term_starts_on=starts_on,
            )
            for contract in of_location
        )


def add_floor() -> None:
    """Some charges, and the floor's bare tables with the same rows."""
    _make_history()
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


def _make_history() -> None:
    """Some charges, and what the planner knows of them: it would scan tables that were empty."""
    for number in range(HISTORY):
        at_random = random.choice(locations())
        text = factories.text(f"+3361{number:07}", external_id=f"history-{number}")
        charging.charge_broadcast(
            at_random, "text", [text], key=f"history-{number}", at=factories.NOON
        )
        if number in (0, 100, 1_000):
            # A process keeps its plans until it hears of new figures.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


@cache
def locations() -> list[int]:

    return list(Location.objects.order_by("pk").values_list("pk", flat=True))


def columns(table: str) -> list[str]:
    """The columns that an INSERT names: all but the id, which the database gives."""
    with connection.cursor() as cursor:
        return [
            column.name
            for column in connection.introspection.get_table_description(cursor, table)
            if column.name != "id"
        ]


def keep_terms() -> None:
    """Read what a process keeps, before it is forked: terms, cards and their prices."""
    for location in locations():
        known_terms(location)
    card = prices.in_force(None, dt.date(2026, 6, 15))
    assert card is not None
    prices.price_list(card)


def server_says(setting: str) -> str:

    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        return str(cursor.fetchone()[0])
