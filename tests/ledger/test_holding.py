"""Holds: set aside, settled, released or expired, once."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from ledger import charging, holding, renewing
from ledger.holding import Call, HoldEnded, UnknownHold
from ledger.models import Balance, Charge, Hold
from ledger.posting import BadInput, ExternalIdTaken, KeyReused
from ledger.verifying import breaches, verify
from tests.factories import (
    DOMESTIC,
    GERMANY,
    MEXICO,
    NOON,
    call,
    chat,
    key,
    make_card,
    make_location,
    text,
)
from tests.processes import race

LATER = NOON + dt.timedelta(minutes=5)
AFTER = NOON + dt.timedelta(hours=2)


def hold_call(location, seconds=120, **options):
    options = {"key": key(), "at": NOON, "seconds_to_live": 3600} | options
    wanted = Call(phone=options.pop("phone", MEXICO), expected_seconds=seconds)
    return holding.hold(location.pk, call=wanted, **options).hold


def standing(location, at=NOON):
    balance = Balance.objects.as_of(at).get(location=location)
    return balance.total, balance.held_credits, balance.available


def settle(hold, *messages, channel="voice", at=LATER, **options):
    return holding.settle(hold.pk, channel, messages, at=at, **{"key": key()} | options)


@pytest.mark.django_db
def test_a_hold_for_a_call_sets_its_price_aside():
    make_card()
    location = make_location(included=100)
    made = hold_call(location, 121)
    assert (made.state, made.credits) == ("open", 36)
    assert standing(location) == (100, 36, 64)


@pytest.mark.django_db
def test_what_is_held_is_not_available_to_others():
    make_card()
    location = make_location(included=40)
    hold_call(location, 180)
    refused = charging.charge_broadcast(location.pk, "text", [text()], key=key(), at=NOON)
    assert (refused.refusal, refused.available_before) == ("insufficient_credits", 4)
    second = hold_call(location, 60)
    assert (second.state, second.refusal) == ("refused", "insufficient_credits")
    assert standing(location) == (40, 36, 4)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_a_settlement_charges_what_happened_and_frees_the_rest():
    make_card()
    location = make_location(included=100)
    made = hold_call(location, 180)
    answer = settle(made, call(61))
    assert (answer.outcome, answer.credits) == ("charged", 24)
    assert standing(location) == (76, 0, 76)
    made.refresh_from_db()
    assert (made.state, made.charge.pk) == ("settled", answer.charge_id)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_an_unanswered_call_settles_for_nothing():
    make_card()
    location = make_location(included=100)
    answer = settle(hold_call(location), call(0))
    assert (answer.outcome, answer.credits) == ("charged", 0)
    assert standing(location) == (100, 0, 100)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over_rule", "included", "charged"), [("cap", 100, 24), ("overflow", 36, 36)]
)
def test_more_than_was_held_follows_the_holds_rule(over_rule, included, charged):
    make_card()
    location = make_location(included=included)
    answer = settle(hold_call(location, 120, over_rule=over_rule), call(180))
    assert (answer.needed, answer.credits) == (36, charged)
    assert list(breaches()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("over_rule", "included"), [("refuse", 100), ("overflow", 35)])
def test_a_settlement_over_its_hold_may_be_refused_and_leaves_it_open(over_rule, included):
    make_card()
    location = make_location(included=included)
    made = hold_call(location, 120, over_rule=over_rule)
    with pytest.raises(charging.OverHold):
        settle(made, call(180))
    assert standing(location) == (included, 24, included - 24)
    assert settle(made, call(120)).credits == 24


@pytest.mark.django_db
def test_overflow_may_use_the_overdraft():
    make_card()
    location = make_location(included=30, overdraft_limit=6)
    assert settle(hold_call(location, 120, over_rule="overflow"), call(180)).credits == 36
    assert standing(location) == (-6, 0, -6)


@pytest.mark.django_db
def test_what_was_held_is_paid_even_if_inbound_chat_took_the_rest():
    make_card()
    location = make_location(included=24)
    made = hold_call(location, 120)
    charging.charge_chat(location.pk, [chat("inbound")], key=key(), at=NOON)
    assert standing(location) == (22, 24, -2)
    assert settle(made, call(120)).credits == 24
    assert standing(location) == (-2, 0, -2)
    assert list(breaches()) == []


@pytest.mark.django_db
def test_a_plain_amount_is_settled_with_a_broadcast():
    make_card()
    location = make_location(included=100)
    made = holding.hold(location.pk, credits=50, seconds_to_live=60, key=key(), at=NOON).hold
    answer = settle(made, text(), text(), text("+33"), channel="text", at=NOON)
    assert (answer.credits, answer.messages[2].refusal) == (14, "bad_number")
    assert standing(location) == (86, 0, 86)


@pytest.mark.django_db
def test_the_same_settlement_returns_the_first_answer_whatever_its_key():
    make_card()
    location = make_location()
    made, message = hold_call(location), call(61)
    first = settle(made, message, key="k")
    assert settle(made, message, key="k") == replace(first, replayed=True)
    assert settle(made, message) == replace(first, replayed=True)
    assert Charge.objects.count() == 1


@pytest.mark.django_db
def test_a_settlement_that_is_turned_away_leaves_the_hold_open():
    make_card()
    location = make_location(included=100)
    charging.charge_broadcast(location.pk, "text", [text(external_id="x")], key=key(), at=NOON)
    made = hold_call(location)
    with pytest.raises(ExternalIdTaken):
        settle(made, call(61, external_id="x"))
    made.refresh_from_db()
    assert (made.state, standing(location)) == ("open", (93, 24, 69))
    assert list(breaches()) == []
    assert settle(made, call(61)).credits == 24


@pytest.mark.django_db
def test_another_ending_is_refused():
    make_card()
    location = make_location()
    made = hold_call(location)
    settle(made, call(61))
    with pytest.raises(HoldEnded) as ended:
        settle(made, call(59))
    assert ended.value.state == "settled"
    with pytest.raises(HoldEnded):
        holding.release(made.pk, at=LATER)


@pytest.mark.django_db
def test_a_release_frees_all_of_it_and_may_be_repeated():
    make_card()
    location = make_location(included=100)
    made = hold_call(location)
    assert holding.release(made.pk, at=LATER).state == "released"
    assert holding.release(made.pk, at=AFTER).ended_at == LATER
    assert standing(location) == (100, 0, 100)
    with pytest.raises(HoldEnded) as ended:
        settle(made, call(61))
    assert ended.value.state == "released"


@pytest.mark.django_db
def test_expiry_counts_from_its_instant_not_from_the_sweep():
    make_card()
    location = make_location(included=100)
    made = hold_call(location)
    assert standing(location, made.expires_at - dt.timedelta(seconds=1)) == (100, 24, 76)
    assert standing(location, made.expires_at) == (100, 0, 100)
    for ending in (
        lambda: settle(made, call(61), at=made.expires_at),
        lambda: holding.release(made.pk, at=made.expires_at),
    ):
        with pytest.raises(HoldEnded) as ended:
            ending()
        assert ended.value.state == "expired"
    assert holding.write_down_expiries(at=made.expires_at) == 1
    assert holding.write_down_expiries(at=made.expires_at) == 0
    made.refresh_from_db()
    assert (made.state, made.ended_at) == ("expired", made.expires_at)


@pytest.mark.django_db
def test_a_hold_survives_a_renewal_but_not_the_contract_credits():
    make_card()
    location = make_location(included=100, starts_on=dt.date(2025, 6, 16))
    made = hold_call(location, 120, seconds_to_live=86_400)
    next_day = NOON + dt.timedelta(hours=13)
    balance = renewing.up_to_date(location.pk, at=next_day)
    assert (balance.total, balance.held_credits) == (100, 24)
    assert settle(made, call(120, sent_at=NOON), at=next_day).contract_after == 76


@pytest.mark.django_db
def test_numbers_that_cannot_be_called_are_refused_and_domestic_ones_hold_nothing():
    make_card()
    location = make_location()
    assert hold_call(location, phone="+33").refusal == "bad_number"
    assert hold_call(location, phone=GERMANY).refusal == "no_rate"
    domestic = hold_call(location, phone=DOMESTIC)
    assert (domestic.state, domestic.credits) == ("open", 0)


@pytest.mark.django_db
def test_the_same_key_makes_one_hold_and_other_content_is_an_error():
    make_card()
    location = make_location(included=0)
    first = hold_call(location, key="k")
    again = holding.hold(
        location.pk,
        call=Call(phone=MEXICO, expected_seconds=120),
        seconds_to_live=3600,
        key="k",
        at=AFTER,
    )
    assert (again.hold, again.replayed, first.state) == (first, True, "refused")
    with pytest.raises(KeyReused):
        hold_call(location, 60, key="k")
    with pytest.raises(KeyReused):
        charging.charge_broadcast(location.pk, "text", [text()], key="k", at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "credits"),
        ({"credits": 5, "call": Call(phone=MEXICO, expected_seconds=1)}, "credits"),
        ({"credits": 0}, "credits"),
        ({"call": Call(phone="", expected_seconds=1)}, "phone"),
        ({"call": Call(phone=MEXICO, expected_seconds=-1)}, "expected_seconds"),
        ({"call": Call(phone=MEXICO, expected_seconds=1, carrier_type="x")}, "carrier_type"),
        ({"credits": 5, "over_rule": "hope"}, "over"),
        ({"credits": 5, "seconds_to_live": 0}, "seconds_to_live"),
    ],
)
def test_a_malformed_hold_names_its_field(options, field):
    with pytest.raises(BadInput) as refusal:
        holding.hold(
            make_location().pk, **{"key": key(), "at": NOON, "seconds_to_live": 60} | options
        )
    assert refusal.value.field == field
    assert not Hold.objects.exists()


@pytest.mark.django_db
def test_a_hold_for_a_call_takes_that_call_only():
    make_card()
    made = hold_call(make_location())
    for channel, messages in (
        ("text", [text()]),
        ("voice", [call(1), call(2)]),
        ("voice", [call(1, GERMANY)]),
    ):
        with pytest.raises(BadInput):
            settle(made, *messages, channel=channel)
    with pytest.raises(UnknownHold):
        holding.settle(987654321, "voice", [call(1)], key=key(), at=NOON)


@pytest.mark.django_db
def test_the_database_lets_a_hold_end_once():
    make_card()
    made = hold_call(make_location())
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.update(credits=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.update(state="released")
    holding.release(made.pk, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.update(state="open", ended_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.all()._raw_delete("default")


def end(hold_id: int, how: str, number: int) -> str:
    try:
        if how == "release":
            holding.release(hold_id, at=LATER)
        elif how == "expire":
            return f"expired {holding.write_down_expiries(at=AFTER)}"
        else:
            message = call(61, external_id=f"{how}-{hold_id}")
            holding.settle(hold_id, "voice", [message], key=f"{how}-{hold_id}-{number}", at=LATER)
    except HoldEnded as ended:
        return ended.state
    return how


@pytest.mark.processes
@pytest.mark.parametrize(
    "endings",
    [
        ["settle", "settle", "settle"],
        ["settle", "release", "other"],
        ["settle", "expire"],
        ["release", "expire"],
        ["release", "release", "settle", "other", "expire"],
    ],
    ids="-".join,
)
def test_of_several_endings_at_once_exactly_one_counts(cloned_database, endings):
    make_card()
    location = make_location()
    for _ in range(4):
        made = hold_call(location)
        outcomes = race(
            end,
            [
                {"hold_id": made.pk, "how": how, "number": number}
                for number, how in enumerate(endings)
            ],
        )
        assert [outcome.error for outcome in outcomes] == [""] * len(endings)
        made.refresh_from_db()
        won = {"settled": {"settle", "other"}, "released": {"release"}, "expired": {"expired 1"}}
        answers = Counter(outcome.value for outcome in outcomes)
        winners = [answer for answer in answers if answer in won[made.state]]
        assert len(winners) == 1
        assert Charge.objects.filter(hold=made).count() == (made.state == "settled")
    assert verify() == []
