"""A ledger of 1,000 locations, 3 million entries and 10 million messages, inserted by SQL.

Every location has a term of two years and the same number of charges, a third each of texts,
calls and chat. The figures chain like posted ones: `verify_ledger` finds nothing.
"""

import datetime as dt
import time

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

CHARGES = """
    CREATE TEMP TABLE planned AS
    SELECT l.id AS location_id, n + 1 AS number,
           (ARRAY['text', 'voice', 'chat'])[n %% 3 + 1] AS kind,
           3 + (n %% 9 = 0)::int + (n %% 9 = 4)::int + (n %% 9 = 8)::int AS messages,
           (ARRAY[{text}, {call}, {chat}])[n %% 3 + 1] AS price,
           %(starts_on)s::date + (n::bigint * {days} / {entries})::int AS day,
           %(starts_on)s::timestamptz + (n * interval '1 day' * {days} / {entries}) AS at,
           row_number() OVER (ORDER BY l.id, n) + %(ids)s AS id
      FROM locations_location l, generate_series(1, {entries} - 1) AS n;
    ALTER TABLE planned ADD COLUMN after bigint;
    UPDATE planned SET after = {granted} - s.spent
      FROM (SELECT id AS of, sum(messages * price) OVER (PARTITION BY location_id ORDER BY number)
                   AS spent FROM planned) s
     WHERE s.of = planned.id;
    INSERT INTO ledger_charge (
           id, location_id, key, fingerprint, kind, on_insufficient, outcome, refusal, at, day,
           needed_credits, credits, available_before, held_before, contract_after,
           purchased_after, overdraft_limit)
    SELECT id, location_id, 'big-' || number, '', kind, 'refuse_all', 'charged', '', at, day,
           messages * price, messages * price, after + messages * price, 0, after, 0, 0
      FROM planned;
    INSERT INTO ledger_entry (
           id, location_id, number, kind, contract_delta, purchased_delta, contract_after,
           purchased_after, at, day, charge_id, reason, reference)
    SELECT id, location_id, number, CASE kind WHEN 'chat' THEN kind ELSE 'international_' || kind
           END, -messages * price, 0, after, 0, at, day, id, '', ''
      FROM planned;
    UPDATE ledger_balance b SET contract_credits = p.after, last_number = p.number
      FROM planned p WHERE p.location_id = b.location_id AND p.number = {entries};
    """
INTERNATIONAL = """
    INSERT INTO ledger_internationalmessage (
           location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
           credits, contract_credits, sent_at, day, channel, country, carrier_type,
           carrier_source, rate_id, seconds, billed_seconds, status, status_detail, profile)
    SELECT p.location_id, p.id, p.id, m, 'big-' || p.number || '-' || m,
           '+5222' || lpad((hashint8(p.id * 7 + m) & 99999999)::text, 8, '0'), 'charged', '',
           p.price, p.price, p.at, p.day, p.kind, 'MX', 'mobile', 'metadata', r.id,
           CASE p.kind WHEN 'voice' THEN 61 END, CASE p.kind WHEN 'voice' THEN 120 END,
           'delivered', '', jsonb_build_object(
               'First Name', 'Recipient', 'Last Name', 'Number ' || m, 'Unique ID', 'E-' || p.id)
      FROM planned p JOIN locations_rate r ON r.card_id = %(card)s AND r.country = 'MX'
           AND r.carrier_type = 'mobile' AND r.prefix = '' AND r.channel = p.kind,
           generate_series(0, p.messages - 1) AS m
     WHERE p.kind <> 'chat' ORDER BY p.id, m;
    """
CHAT = """
    INSERT INTO ledger_chatmessage (
           location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
           credits, contract_credits, sent_at, day, inbox_id, direction, content, text_type,
           card_id)
    SELECT p.location_id, p.id, p.id, m, 'big-' || p.number || '-' || m, '+12015550123',
           'charged', '', p.price, p.price, p.at, p.day, i.id,
           CASE m %% 2 WHEN 0 THEN 'inbound' ELSE 'outbound' END,
           'Is the office open on day ' || p.number || '?', 'sms', %(card)s
      FROM planned p JOIN locations_chatinbox i ON i.location_id = p.location_id,
           generate_series(0, p.messages - 1) AS m
     WHERE p.kind = 'chat' ORDER BY p.id, m;
    """


def prepare(*, reuse: bool, with_messages: bool = True) -> bool:
    """Create the ledger, or reuse the last one. Returns whether it was created."""
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
        for steps in (CHARGES, INTERNATIONAL, CHAT) if with_messages else (CHARGES,):
            for step in steps.format(**sizes).split(";\n"):
                if step.strip():
                    server.execute(step, values)
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
