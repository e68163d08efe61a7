import threading

import pghistory
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Sum

from ledger.engine.funding import purchase
from ledger.models import Entry
from locations.db.history_context import bind_in_client
from locations.db.sql import fetch_rows
from locations.models import Account, Location
from tests.factories import NOON, key, make_location


def make_purchases(*credits: int) -> Location:
    location = make_location(included=None)
    for figure in credits:
        purchase(location.pk, figure, key=key(), at=NOON, reference="Invoice")
    return location


@pytest.mark.django_db
def test_rows_of_a_named_query_follow_its_parameters():
    one, two = make_purchases(5, 7), make_purchases(11)
    newest = """SELECT purchased_delta, count(*) OVER () FROM ledger_entry
                 WHERE location_id = %(location)s ORDER BY number DESC LIMIT %(limit)s"""
    assert fetch_rows(newest, location=one.pk, limit=1) == [(7, 2)]
    assert fetch_rows(newest, location=two.pk, limit=5) == [(11, 1)]


@pytest.mark.django_db
def test_server_prepares_a_query_that_is_sent_often():
    location = make_purchases(5)
    for _ in range(10):
        assert Entry.objects.filter(location=location).count() == 1
    prepared = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE %(like)s"
    assert fetch_rows(prepared, like="SELECT COUNT%ledger_entry%")


def make_account(name: str) -> Account:
    """Written the way a page does it: with an audit context."""
    with pghistory.context(user=1), connection.execute_wrapper(bind_in_client):
        return Account.objects.create(name=name)


@pytest.mark.django_db
def test_write_with_an_audit_context_is_sent_whole():
    for number in range(10):
        account = make_account(f"100 % of o'clock \\ {number}")
        account.refresh_from_db()
        assert account.name == f"100 % of o'clock \\ {number}"
        contexts = "SELECT pgh_context FROM locations_accountevent WHERE pgh_obj_id = %(pk)s"
        assert fetch_rows(contexts, pk=account.pk) == [('{"user": 1}',)]


@pytest.mark.django_db
def test_same_write_is_repeated_within_one_audit_context():
    user = get_user_model().objects.create_user("ada@example.com")
    with pghistory.context(user=user.pk), connection.execute_wrapper(bind_in_client):
        for _ in range(10):
            user.full_name = "Ada"
            user.save()


def test_each_thread_reads_over_its_own_connection(cloned_database):
    location = make_purchases(3, 4)
    results: dict[int, tuple[int, int]] = {}

    def read(number: int) -> None:
        for _ in range(20):
            entries = Entry.objects.filter(location=location)
            total = entries.aggregate(sum=Sum("purchased_delta"))["sum"]
        results[number] = (total, connection.connection.info.backend_pid)
        connection.close()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [total for total, _ in results.values()] == [7] * 4
    assert len({server for _, server in results.values()}) == 4
