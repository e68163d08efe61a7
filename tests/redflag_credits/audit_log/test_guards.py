"""What the audit log never contains, who may not write it, and changes outside the forms."""

import datetime as dt

import pghistory
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pghistory.core import event_models

from ledger.models import Balance, Charge, ChatMessage, Entry, Hold, InternationalMessage
from locations.models import Account
from tests.factories import make_location
from tests.redflag_credits.audit_log.actions import entries, post, summaries


def test_changes_outside_the_forms_are_logged(desk: Client):
    before = timezone.now()  # groups and their permissions are there since the migrations
    account = Account.objects.create(name="One")
    Account.objects.filter(pk=account.pk).update(name="Two")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE locations_account SET name = 'Three'")
    assert [line[0:1] + line[2:] for line in summaries(since=before)] == [
        ("None", "added", "Account", "Three", [("name", "", "One")]),
        ("None", "changed", "Account", "Three", [("name", "One", "Two")]),
        ("None", "changed", "Account", "Three", [("name", "Two", "Three")]),
    ]


def test_audit_log_contains_no_secret_and_no_recipient():
    kept = {
        (source.pgh_tracked_model.__name__, one.name)
        for source in event_models()
        for one in source._meta.local_fields
    }
    secret = {"password", "digest", "phone", "content", "profile", "session_key", "fingerprint"}
    assert {(model, name) for model, name in kept if name in secret} == set()


@pytest.mark.parametrize("model", [Entry, Charge, Balance, Hold, InternationalMessage, ChatMessage])
def test_tables_of_charging_have_no_audit_trigger(model: type):
    sources = [source for source in event_models() if source.pgh_tracked_model is model]
    trackers = [tracker for source in sources for tracker in source.pgh_trackers]
    assert [t for t in trackers if not isinstance(t, pghistory.ManualEvent)] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET pgh_context = NULL",
        "UPDATE {table} SET pgh_created_at = now() - interval '1 day'",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
    ],
)
def test_database_refuses_to_change_the_audit_log(statement: str):
    make_location()
    for table in ("locations_locationevent", "locations_accountevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table=table))
    guarded = {source._meta.db_table for source in event_models()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, count(*) FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE relname = ANY(%s) AND NOT tgisinternal AND tgenabled = 'O'"
            " GROUP BY relname",
            [list(guarded)],
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(guarded, 2)


def test_old_day_keeps_its_own_instant(desk: Client):
    post(desk, "locations_account_add", name="Brightwater")
    (line,) = entries(text="Brightwater")
    assert abs(timezone.now() - line.at) < dt.timedelta(minutes=5)
