"""How often Credit Usage asks the database, outside a test's transaction, as in production."""

import datetime as dt

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ledger.engine.charging import charge_chat
from locations.models import Role
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_location, make_member

DAY = dt.timedelta(days=1)
MAX_QUERIES = 20


@time_machine.travel(NOON, tick=False)
def test_credit_usage_takes_few_queries(cloned_database: Clone) -> None:
    overdrawn = make_location(included=60, starts_on=dt.date(2025, 1, 1))
    make_location(account=overdrawn.account)
    overdrawn.chat_inboxes.create(name="Front Desk")
    for days in range(160, 0, -1):
        at = NOON - days * DAY
        charge_chat(overdrawn.pk, [chat("inbound", sent_at=at)], key=key(), at=at)
    client = Client()
    client.force_login(make_member(overdrawn, Role.ACCOUNT_ADMIN))
    base = f"/locations/{overdrawn.pk}/credit-usage/"
    asked = {}
    for filters in ("", "?range=90-days", "?range=last-term", "?last_on=2026-06-01", "?first_on=x"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(base + filters)
        assert answer.status_code == 200
        assert "What took you below zero:" in answer.text
        asked[filters] = [query["sql"][:60] for query in queries]
    assert max(map(len, asked.values())) <= MAX_QUERIES, asked
