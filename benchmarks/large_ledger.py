"""A ledger of 1,000 locations, 3 million entries and 10 million messages, inserted by SQL.

Every location has a term of two years and the same number of charges, a third each of texts,
calls and chat. The figures chain like posted ones: `verify_ledger` finds nothing.
"""

import datetime as dt
import time
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from benchmarks import DATABASE_NAME, database
from ledger.models import ChatMessage, InternationalMessage
from locations.models import ChatInbox, Location, RateCard
from redflag_credits.devserver import postgres

ENTRIES = 3_000  # per location, with its grant
STARTS_ON = dt.date(2025, 1, 1)
DAYS = 690
# Prices of a message. A charge has three, every third charge four.
TEXT_CREDITS, CALL_CREDITS, CHAT_CREDITS = 7, 24, 2
SCRIPTS = ("charges", "international_messages", "chat_messages")


def read_sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


def prepare(*, reuse: bool, with_messages: bool = True) -> bool:
    database.start_server()
    if reuse:
        database.reuse()
        return False
    database.create(starts_on=STARTS_ON, term_months=24)
    _fill(with_messages)
    return True


def _fill(with_messages: bool) -> None:
    """Takes some minutes and 8 GB; without messages a tenth."""
    begun = time.monotonic()
    ChatInbox.objects.bulk_create(
        ChatInbox(location=location, name="Front Desk") for location in Location.objects.all()
    )
    values = {
        "starts_on": STARTS_ON,
        "card": RateCard.objects.published().latest("pk").pk,
        "ids": 10_000_000,
    }
    sizes = {
        "text": TEXT_CREDITS,
        "call": CALL_CREDITS,
        "chat": CHAT_CREDITS,
        "days": DAYS,
        "entries": ENTRIES,
        "granted": database.CREDITS,
    }
    with connect_without_triggers() as server:
        server.execute("SET work_mem = '256MB'")
        server.execute("SET synchronous_commit = off")
        for name in SCRIPTS if with_messages else SCRIPTS[:1]:
            for statement in read_sql(name).format(**sizes).split(";\n"):
                if statement.strip():
                    server.execute(statement, values)
        for table in ("ledger_charge", "ledger_entry"):
            server.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), 20000000)").format(table)
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    messages = InternationalMessage.objects.count() + ChatMessage.objects.count()
    print(f"Made {messages:,} messages in {time.monotonic() - begun:,.0f} s.")


def connect_without_triggers() -> psycopg.Connection:
    """Connect as a superuser; only they may set session_replication_role."""
    url = str(settings.DATABASE_URL)
    if settings.LOCAL_POSTGRES:
        url = postgres.admin_url(settings.DATA_DIR, DATABASE_NAME)
    server = psycopg.connect(url)
    server.execute("SET session_replication_role = replica")
    return server
