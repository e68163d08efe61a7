"""Quotes agree with charging and write nothing."""

import datetime as dt

import pytest

from ledger.engine import charging, funding, holds, quotes
from ledger.engine.posting import BadInput
from ledger.engine.quotes import QuoteMessage
from ledger.models import Charge, Entry, Hold, InternationalMessage
from locations.contracts.terms import UnknownLocation
from tests.factories import (
    DOMESTIC,
    FRANCE,
    FRANCE_LANDLINE,
    GERMANY,
    IMPOSSIBLE,
    MEXICO,
    NOON,
    call,
    key,
    make_card,
    make_location,
    text,
)
from tests.queries import count_queries

pytestmark = pytest.mark.django_db


def ask(location, *phones, channel="text", at=NOON, **fields):
    messages = [QuoteMessage(phone=phone, **fields) for phone in phones]
    return quotes.quote(location.pk, channel, messages, at=at)


def test_a_quote_says_what_it_costs_and_where():
    make_card()
    found = ask(make_location(), FRANCE, MEXICO, DOMESTIC, MEXICO, IMPOSSIBLE, GERMANY)
    assert found.credits == 20
    assert [(d.country, d.messages, d.credits) for d in found.destinations] == [
        ("MX", 2, 14),
        ("FR", 1, 6),
    ]
    assert [(r.index, r.reason) for r in found.refused] == [(4, "bad_number"), (5, "no_rate")]
    assert (found.chargeable, found.domestic) == (3, 1)
    assert [result.credits for result in found.rated] == [6, 7, 0, 7, 0, 0]


def test_a_quote_leaves_no_trace():
    make_card()
    location = make_location()
    ask(location, MEXICO)
    before = Entry.objects.count()
    ask(location, MEXICO)
    assert Entry.objects.count() == before == 1
    assert [Charge.objects.count(), Hold.objects.count()] == [0, 0]
    assert not InternationalMessage.objects.exists()


def test_a_renewal_that_is_due_comes_first():
    make_card()
    location = make_location(starts_on=dt.date(2025, 7, 1), included=100)
    ask(location, MEXICO)
    found = ask(location, MEXICO, at=NOON.replace(month=7))
    assert found.available == 100
    assert Entry.objects.filter(kind="contract_grant").count() == 2


@pytest.mark.parametrize(
    ("included", "bought", "overdraft", "paid"),
    [
        (100, 0, 0, (70, 0, 0, 30, 0)),
        (50, 100, 0, (50, 20, 0, 0, 80)),
        (50, 10, 10, (50, 10, 10, 0, -10)),
        (0, 0, 70, (0, 0, 70, 0, -70)),
    ],
)
def test_a_quote_says_what_would_pay(included, bought, overdraft, paid):
    make_card()
    location = make_location(included=included, overdraft_limit=overdraft)
    if bought:
        funding.purchase(location.pk, bought, key=key(), at=NOON, reference="1")
    found = ask(location, *[MEXICO] * 10)
    payment = found.payment
    assert (
        payment.contract,
        payment.purchased,
        payment.overdraft,
        payment.contract_left,
        payment.purchased_left,
    ) == paid
    charging.charge_broadcast(
        location.pk, "text", [text(MEXICO) for _ in range(10)], key=key(), at=NOON
    )
    location.balance.refresh_from_db()
    assert location.balance.contract_credits == payment.contract_left
    assert location.balance.purchased_credits == payment.purchased_left


def test_quote_that_does_not_fit_has_shortfall_and_fitting_messages():
    make_card()
    found = ask(make_location(included=16), MEXICO, MEXICO, MEXICO)
    assert not found.fits
    assert (found.credits, found.shortfall, found.payment) == (21, 5, None)
    assert (found.fitting, found.fitting_credits) == (2, 14)


def test_held_credits_are_not_to_be_spent():
    make_card()
    location = make_location(included=20)
    holds.hold(location.pk, credits=15, seconds_to_live=60, key=key(), at=NOON)
    found = ask(location, MEXICO)
    assert (found.available, found.shortfall) == (5, 2)


@pytest.mark.parametrize("seconds", [0, 1, 60, 61, 3599])
def test_a_call_is_quoted_as_it_is_charged(seconds):
    make_card()
    location = make_location()
    found = ask(location, MEXICO, FRANCE_LANDLINE, channel="voice", seconds=seconds)
    charged = charging.charge_broadcast(
        location.pk,
        "voice",
        [call(seconds, MEXICO), call(seconds, FRANCE_LANDLINE)],
        key=key(),
        at=NOON,
    )
    assert [result.credits for result in found.rated] == [m.credits for m in charged.messages]


def test_a_card_published_since_is_seen():
    make_card()
    location = make_location()
    assert ask(location, MEXICO).credits == 7
    make_card([("MX", "mobile", "text", 9)], effective_on=dt.date(2026, 6, 1))
    assert ask(location, MEXICO).credits == 9


def test_the_contract_s_own_card_prices():
    make_card()
    own = make_card([("MX", "mobile", "text", 1)], series="Own", is_default=False)
    location = make_location(rate_card_series=own.series)
    assert ask(location, MEXICO).credits == 1


def test_stated_carrier_type_decides():
    make_card()
    found = ask(make_location(), FRANCE, carrier_type="landline", channel="voice", seconds=60)
    assert found.credits == 3


def test_without_a_card_nothing_has_a_price():
    found = ask(make_location(), MEXICO)
    assert [refused.reason for refused in found.refused] == ["no_rate"]
    assert found.fits


@pytest.mark.parametrize(
    ("channel", "message", "field"),
    [
        ("fax", QuoteMessage(phone=MEXICO), "channel"),
        ("text", QuoteMessage(phone=""), "messages[0].phone"),
        ("text", QuoteMessage(phone=MEXICO, seconds=1), "messages[0].seconds"),
        ("voice", QuoteMessage(phone=MEXICO), "messages[0].seconds"),
        ("voice", QuoteMessage(phone=MEXICO, seconds=-1), "messages[0].seconds"),
        ("text", QuoteMessage(phone=MEXICO, carrier_type="x"), "messages[0].carrier_type"),
    ],
)
def test_malformed_quote_is_refused(channel, message, field):
    with pytest.raises(BadInput) as refused:
        quotes.quote(make_location().pk, channel, [message], at=NOON)
    assert refused.value.field == field


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_quote_is_of_one_to_ten_thousand(count):
    with pytest.raises(BadInput):
        ask(make_location(), *[MEXICO] * count)


def test_an_unknown_location_has_no_quote():
    with pytest.raises(UnknownLocation):
        quotes.quote(99_999_999, "text", [QuoteMessage(phone=MEXICO)], at=NOON)


def test_a_quote_takes_as_many_queries_however_many_messages():
    make_card()
    location = make_location()
    ask(location, MEXICO)
    few = count_queries(lambda: ask(location, MEXICO))
    assert count_queries(lambda: ask(location, *[MEXICO, FRANCE] * 500)) == few
