"""Choosing a location, and Location Details."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from ledger.engine.charging import charge_chat
from ledger.engine.funding import adjust
from ledger.engine.renewals import renew
from locations.models import Location, Role
from tests.factories import chat, key, make_location, make_member, make_user
from tests.queries import count_queries
from tests.reports.pages import links, words

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def receive_chat(location: Location, count: int) -> None:
    location.chat_inboxes.create(name="Front Desk")
    at = NOW - DAY
    charge_chat(location.pk, [chat("inbound", sent_at=at) for _ in range(count)], key=key(), at=at)


def test_the_chooser_takes_as_many_queries_for_few_as_for_more(client: Client) -> None:
    first = make_location()
    client.force_login(make_member(first, Role.ACCOUNT_ADMIN))

    def queries(locations: int) -> int:
        while first.account.locations.count() < locations:
            make_location(account=first.account)
        # The first visit grants the terms.
        assert words(client.get("/")).count("Renews on 1 Jan 2027") == locations
        return count_queries(lambda: client.get("/"))

    assert queries(2) == queries(4)


def test_chooser_renews_due_contracts_and_lists_balances(client: Client) -> None:
    first = make_location(name="Alpha", included=1000, starts_on=dt.date(2025, 6, 15))
    renew(first.pk, at=NOW - 300 * DAY)
    adjust(first.pk, -900, bucket="contract", key=key(), at=NOW - 299 * DAY, reason="Test")
    second = make_location(name="Beta", included=10, account=first.account)
    receive_chat(second, 7)
    make_location(name="Gamma", included=None, account=first.account)
    client.force_login(make_member(first, Role.ACCOUNT_ADMIN))
    said = words(client.get("/"))
    assert f"Alpha {first.account} Renews on 15 Jun 2027 1,000 available" in said
    assert f"Beta {first.account} Renews on 1 Jan 2027 −4 overdrawn" in said
    assert f"Gamma {first.account} No contract 0 none left" in said


def test_staff_find_one_of_many_locations(client: Client) -> None:
    for number in range(60):
        make_location(name=f"Place {number:02}", included=None)
    client.force_login(make_user(is_staff=True))
    assert "Page 1 of 2" in words(client.get("/"))
    assert "Place 59" in words(client.get("/", {"page": 99_999}))
    found = words(client.get("/", {"q": "place 07"}))
    assert "Place 07" in found
    assert "Place 08" not in found
    assert "No location of yours has “<b>”" in words(client.get("/", {"q": "<b>"}))
    assert client.get("/", {"q": "a\x00b"}).status_code == 200


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (None, "You belong to no location yet"),
        (Role.EDITOR, "Your role does not include Credit Usage"),
        (Role.CHAT_AGENT, "Your role does not include Credit Usage"),
    ],
)
def test_user_without_locations_reads_why(client: Client, role: str | None, said: str) -> None:
    client.force_login(make_member(make_location(), role) if role else make_user())
    assert said in words(client.get("/"))


def test_location_details(client: Client) -> None:
    location = make_location(
        name="Dallas", included=9000, reference="C-17", overdraft_limit=20, time_zone="Asia/Tokyo"
    )
    location.chat_inboxes.create(name="Front Desk")
    client.force_login(make_member(location))
    answer = client.get(f"/locations/{location.pk}/")
    said = words(answer)
    assert f"Name Dallas Account {location.account} Time zone Asia/Tokyo" in said
    assert "Chat inboxes Front Desk" in said
    assert "Recipient fields in reports First Name, Last Name, Unique ID" in said
    assert "Number C-17 Included 9,000 every 12 months" in said
    assert "This term began on 1 January 2026 Renews 1 January 2027" in said
    assert "outbound messages may take the balance 20 credits below zero" in said
    assert f"/locations/{location.pk}/credit-usage/" in links(answer)
