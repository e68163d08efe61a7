"""The messages that took a location below zero."""

import datetime as dt

import pytest

from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.funding import purchase
from ledger.engine.reversals import reverse
from ledger.models import Charge
from locations.models import Location
from reports.balance.overdrawn import load_overdraft
from tests.factories import NOON, call, chat, key, make_card, make_location, text

DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


def chats(location: Location, days_ago: int, *directions: str) -> str:
    location.chat_inboxes.get_or_create(name="Front Desk")
    at = NOON - days_ago * DAY
    request = key()
    messages = [chat(direction, sent_at=at) for direction in directions]
    charge_chat(location.pk, messages, key=request, at=at)
    return request


def entries(location: Location) -> list[tuple[int, str, int]]:
    return [
        ((NOON.date() - entry.day).days, entry.label, entry.credits)
        for entry in load_overdraft(location).entries
    ]


def test_only_what_came_since_zero_is_named_newest_first() -> None:
    location = make_location(included=10)
    chats(location, 9, *["inbound"] * 4)  # 8 of the 10
    chats(location, 5, "inbound", "inbound")  # crosses zero
    chats(location, 2, "inbound")
    assert entries(location) == [
        (2, "1 chat message received", 2),
        (5, "2 chat messages received", 4),
    ]


def test_an_overdraft_is_spent_by_all_kinds() -> None:
    make_card()
    location = make_location(included=0, overdraft_limit=500)
    at = NOON - 3 * DAY
    charge_broadcast(location.pk, "text", [text(sent_at=at)] * 1, key=key(), at=at)
    charge_broadcast(
        location.pk, "voice", [call(61, sent_at=at), call(5, sent_at=at)], key=key(), at=at
    )
    chats(location, 3, "outbound", "inbound")
    assert entries(location) == [
        (3, "1 chat message received", 2),
        (3, "1 chat message sent", 2),
        (3, "1 international text", 7),
        (3, "2 international calls", 36),
    ]


def test_a_debt_that_was_paid_is_forgotten() -> None:
    location = make_location(included=0)
    chats(location, 9, *["inbound"] * 4)
    purchase(location.pk, 8, key=key(), at=NOON - 8 * DAY, reference="Invoice 1")
    chats(location, 2, "inbound")
    assert entries(location) == [(2, "1 chat message received", 2)]


def test_what_was_given_back_is_left_out() -> None:
    location = make_location(included=0)
    chats(location, 4, "inbound")
    wrong = chats(location, 2, "inbound")
    charge = Charge.objects.get(key=wrong)
    reverse(location.pk, charge.pk, key=key(), at=NOON, reason="a mistake")
    assert entries(location) == [(4, "1 chat message received", 2)]


def test_it_is_short_and_says_that_there_is_more() -> None:
    location = make_location(included=0)
    for days_ago in range(1, 8):
        chats(location, days_ago, "inbound")
    overdraft = load_overdraft(location)
    assert [(NOON.date() - entry.day).days for entry in overdraft.entries] == [1, 2, 3, 4, 5]
    assert overdraft.more


def test_nothing_is_named_where_nothing_happened() -> None:
    overdraft = load_overdraft(make_location())
    assert (overdraft.entries, overdraft.more) == ([], False)
