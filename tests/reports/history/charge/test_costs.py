"""What a charge cost and why, and the balances of its messages from one to the next."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ledger.engine.charging import charge_chat
from ledger.engine.funding import purchase
from ledger.engine.reversals import reverse
from ledger.models import Entry
from locations.models import Location
from reports.history.charge import read_charge
from reports.history.messages import MessageViewer
from tests.factories import (
    FRANCE,
    GERMANY,
    IMPOSSIBLE,
    MEXICO,
    call,
    chat,
    key,
    make_location,
    make_user,
    text,
)
from tests.reports.history.charge.charges import NOW, sent
from tests.reports.pages import words

DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


def test_call_has_its_cost_and_an_explanation(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(
        location,
        call(61, profile={"First Name": "Ana", "Last Name": "López"}, status="Answered"),
        channel="voice",
    )
    said = words(open_charge(location, charge_id))
    assert "1 call to Mexico" in said
    assert "Cost 24 credits" in said
    assert "Kind International voice When 15 Jun 2026, 12:00 UTC Needed 24" in said
    assert "Available before 100 Paid from 24 contract credits Balance 100 → to 76" in said
    assert "Ana López +522221234567 Mexico Answered · 15 Jun 2026, 12:00 UTC 24 credits" in said
    assert (
        "61 s = 2 started minutes × 12 (Mexico, mobile; card Standard, from 1 Jan 2020) = 24,"
        " paid from contract credits; balance 100 → 76"
    ) in said


def test_the_balances_of_the_messages_chain_to_that_of_the_entry(location: Location) -> None:
    purchase(location.pk, 10, key=key(), at=NOW, reference="PO")
    messages = [text(FRANCE if number % 2 else MEXICO) for number in range(14)]
    charge_id = sent(location, *messages, text(GERMANY))
    page = read_charge(MessageViewer(location, sees_masked=False), charge_id)
    entry = Entry.objects.get(charge=charge_id)
    balance = entry.balance_after - entry.credits
    for row in page.rows:
        if row.payment:
            assert row.payment.before == balance
            balance = row.payment.after
            assert row.message.contract_credits == row.payment.contract
    assert balance == entry.balance_after == 19
    assert [row.payment is None for row in page.rows] == [False] * 14 + [True]


def test_the_balances_chain_over_pages_and_under_filters(location: Location) -> None:
    big = make_location(included=2000)
    messages = [text(GERMANY if number % 3 == 0 else MEXICO) for number in range(120)]
    charge_id = sent(big, *messages)
    viewer = MessageViewer(big, sees_masked=False)
    whole = [read_charge(viewer, charge_id, page=page) for page in (1, 2, 3)]
    paid = [row.payment for page in whole for row in page.rows if row.payment]
    assert [(p.before, p.after) for p in paid] == [
        (2000 - 7 * n, 2000 - 7 * n - 7) for n in range(80)
    ]
    charged = [
        read_charge(viewer, charge_id, message_filter="charged", page=page) for page in (1, 2)
    ]
    assert [row.payment for page in charged for row in page.rows] == paid
    assert paid[-1].after == Entry.objects.get(charge=charge_id).balance_after


def test_chat_of_several_days_chains_to_the_entry_of_each_day(location: Location) -> None:
    answer = charge_chat(
        location.pk,
        [chat("inbound", sent_at=NOW - days * DAY) for days in (0, 2, 1, 0, 2)],
        key=key(),
        at=NOW,
    )
    page = read_charge(MessageViewer(location, sees_masked=False), answer.charge_id)
    after = {entry.pk: entry.balance_after for entry in page.entries}
    assert len(after) == 3
    for entry_id, balance in after.items():
        paid = [
            row.payment for row in page.rows if row.message.entry_id == entry_id and row.payment
        ]
        assert min(p.after for p in paid) == balance


def test_contract_purchased_and_debt_credits_are_distinguished(
    open_charge: Callable[..., Any],
) -> None:
    location = make_location(included=1)
    purchase(location.pk, 2, key=key(), at=NOW, reference="PO")
    answer = charge_chat(location.pk, [chat("inbound") for _ in range(3)], key=key(), at=NOW)
    said = words(open_charge(location, answer.charge_id))
    for sentence in (
        "paid from 1 contract credit and 1 purchased credit; balance 3 → 1",
        "paid from 1 purchased credit, 1 owed; balance 1 → −1",
        "owed: no credits were left; balance −1 → −3",
        "1 contract credit, 5 purchased credits · they went below zero, to −3",
    ):
        assert sentence in said, said


def test_refused_charge_has_its_shortfall_and_a_way_out(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, *[text() for _ in range(20)])
    said = words(open_charge(location, charge_id))
    assert "Refused: Not enough credits" in said
    assert (
        "It needed 140, and 100 were available: 40 credits were missing, so nothing was sent and"
        " nothing charged. Buy credits, or wait for the renewal, and send the message again."
    ) in said
    assert "Balance 100 · unchanged" in said
    assert "Refused, costs nothing: Not enough credits." in said
    assert "Ask for a correction" not in said


def test_refused_messages_say_why_and_the_way_out(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, text(GERMANY), text(IMPOSSIBLE), text())
    answer = open_charge(location, charge_id)
    said = words(answer)
    assert "2 messages were refused and cost nothing; the others went." in said
    assert (
        "Refused, costs nothing: The rate card has no price for the destination."
        " Ask your RedFlag contact for a price for this destination."
    ) in said
    assert "Correct the number, with its country code, and send the message again." in said
    assert "All 3 Charged 1 Refused 2" in said
    only = words(open_charge(location, charge_id, show="refused"))
    assert MEXICO not in only
    assert GERMANY in only


def test_reversal_is_displayed_on_charge_and_message(
    location: Location, open_charge: Callable[..., Any]
) -> None:
    charge_id = sent(location, text(external_id="a"), text(external_id="b"))
    ada = make_user(full_name="Ada Staff")
    reverse(
        location.pk, charge_id, external_id="b", key=key(), at=NOW, reason="Twice", created_by=ada
    )
    said = words(open_charge(location, charge_id))
    assert "Given back +7 · 15 Jun 2026, 12:00 UTC · by Ada Staff · Twice" in said
    assert "Given back on 15 Jun 2026, 12:00 UTC: Twice" in said
    assert "All 2 Charged 2 Given back 1" in said
