"""Reversals give back, once, to the buckets that paid."""

import datetime as dt
from collections import Counter

import pytest
from django.db import DatabaseError, transaction

from ledger.engine import charging, funding, reversals
from ledger.engine.posting import BadInput, KeyReused
from ledger.engine.reversals import NothingToReverse, UnknownCharge
from ledger.models import Balance, Entry, InternationalMessage
from ledger.reading.daily_usage import daily_usage
from ledger.verification.verify import breaches, verify
from tests.factories import NOON, chat, key, make_card, make_location, text
from tests.processes import race


def spend(location, *messages, at=NOON):
    messages = messages or (text(), text())
    return charging.charge_broadcast(location.pk, "text", messages, key=key(), at=at)


def reverse(location, charge_id, at=NOON, **options):
    options = {"key": key(), "reason": "Sent twice"} | options
    return reversals.reverse(location.pk, charge_id, at=at, **options).entry


def balance(location):
    found = Balance.objects.get(location=location)
    return found.contract_credits, found.purchased_credits


@pytest.mark.django_db
def test_each_bucket_gets_back_what_it_gave():
    make_card()
    location = make_location(included=10)
    funding.purchase(location.pk, 20, key=key(), at=NOON, reference="PO")
    answer = spend(location)
    assert balance(location) == (0, 16)
    entry = reverse(location, answer.charge_id)
    assert (entry.contract_delta, entry.purchased_delta, entry.lapsed_credits) == (10, 4, 0)
    assert balance(location) == (10, 20)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_one_message_can_be_reversed_and_then_the_rest():
    make_card()
    location = make_location(included=10)
    funding.purchase(location.pk, 20, key=key(), at=NOON, reference="PO")
    answer = spend(location, text(external_id="a"), text(external_id="b"))
    second = reverse(location, answer.charge_id, external_id="b")
    assert (second.contract_delta, second.purchased_delta) == (3, 4)
    rest = reverse(location, answer.charge_id)
    assert (rest.contract_delta, rest.purchased_delta) == (7, 0)
    assert balance(location) == (10, 20)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_nothing_is_given_back_twice():
    make_card()
    location = make_location()
    answer = spend(location, text(external_id="a"), text(external_id="b"))
    reverse(location, answer.charge_id, external_id="a")
    with pytest.raises(NothingToReverse):
        reverse(location, answer.charge_id, external_id="a")
    reverse(location, answer.charge_id)
    with pytest.raises(NothingToReverse):
        reverse(location, answer.charge_id)
    assert balance(location) == (1000, 0)


@pytest.mark.django_db
def test_contract_credits_of_an_earlier_term_have_lapsed():
    make_card()
    location = make_location(included=10, starts_on=dt.date(2025, 6, 16))
    funding.purchase(location.pk, 20, key=key(), at=NOON, reference="PO")
    answer = spend(location)
    next_term = NOON + dt.timedelta(days=2)
    entry = reverse(location, answer.charge_id, at=next_term)
    assert (entry.contract_delta, entry.purchased_delta, entry.lapsed_credits) == (0, 4, 10)
    assert entry.day == next_term.date()
    assert balance(location) == (10, 20)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_a_charge_of_lapsed_credits_alone_comes_back_as_nothing_and_says_so():
    make_card()
    location = make_location(included=20, starts_on=dt.date(2025, 6, 16))
    answer = spend(location)
    entry = reverse(location, answer.charge_id, at=NOON + dt.timedelta(days=2))
    assert (entry.credits, entry.lapsed_credits) == (0, 14)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_chat_can_be_reversed_and_usage_stays_as_it_was():
    location = make_location()
    answer = charging.charge_chat(
        location.pk, [chat("inbound"), chat("outbound")], key=key(), at=NOON
    )
    reverse(location, answer.charge_id)
    day = daily_usage(location, NOON.date(), NOON.date()).rows[0]
    assert (day.moved.chat, day.moved.additions) == (-4, 4)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_the_same_key_reverses_once():
    make_card()
    location = make_location()
    answer = spend(location)
    first = reversals.reverse(location.pk, answer.charge_id, key="k", at=NOON, reason="Oops")
    again = reversals.reverse(location.pk, answer.charge_id, key="k", at=NOON, reason="Oops")
    assert (again.entry, again.replayed) == (first.entry, True)
    with pytest.raises(KeyReused):
        reverse(location, answer.charge_id, key="k", reason="Other")


@pytest.mark.django_db
def test_what_is_not_there_or_cost_nothing_is_refused():
    make_card()
    location, other = make_location(), make_location()
    answer = spend(location)
    with pytest.raises(UnknownCharge):
        reverse(other, answer.charge_id)
    with pytest.raises(UnknownCharge):
        reverse(location, answer.charge_id, external_id="nowhere")
    with pytest.raises(NothingToReverse):
        reverse(location, spend(location, text("+33")).charge_id)
    with pytest.raises(BadInput):
        reverse(location, answer.charge_id, reason="")


@pytest.mark.django_db
def test_the_database_lets_a_message_be_reversed_once():
    make_card()
    location = make_location()
    answer = spend(location)
    entry = reverse(location, answer.charge_id)
    messages = InternationalMessage.objects.filter(charge=answer.charge_id)
    with pytest.raises(DatabaseError), transaction.atomic():
        messages.update(reversal=None)
    other = spend(location)
    with pytest.raises(DatabaseError), transaction.atomic():
        InternationalMessage.objects.filter(charge=other.charge_id).update(reversal=entry)


def try_to_reverse(location_id: int, charge_id: int, key: str) -> None:
    reversals.reverse(location_id, charge_id, key=key, at=NOON, reason="Sent twice")


@pytest.mark.processes
def test_two_reversals_at_once_give_exactly_one(cloned_database):
    make_card()
    location = make_location()
    for attempt in range(4):
        answer = spend(location)
        outcomes = race(
            try_to_reverse,
            [
                {"location_id": location.pk, "charge_id": answer.charge_id, "key": f"{attempt}{n}"}
                for n in range(4)
            ],
        )
        assert Counter(outcome.error for outcome in outcomes) == {"": 1, "NothingToReverse": 3}
    assert Entry.objects.filter(kind="reversal").count() == 4
    assert balance(location) == (1000, 0)
    assert verify() == []
