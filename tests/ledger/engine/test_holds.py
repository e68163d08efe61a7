"""Holds are settled, released or expire."""

import datetime as dt
from dataclasses import replace

import pytest

from ledger.engine import charging, holds
from ledger.engine.holds import HoldEnded
from ledger.engine.posting import ExternalIdTaken
from ledger.models import Charge
from ledger.verification.verify import breaches
from tests.factories import (
    NOON,
    call,
    chat,
    key,
    make_card,
    make_location,
    text,
)
from tests.ledger.calls import AFTER, LATER, hold_call, settle, standing


@pytest.mark.django_db
def test_hold_for_a_call_holds_its_price():
    make_card()
    location = make_location(included=100)
    made = hold_call(location, 121)
    assert (made.state, made.credits) == ("open", 36)
    assert standing(location) == (100, 36, 64)


@pytest.mark.django_db
def test_held_credits_are_not_available():
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
def test_settlement_charges_the_real_cost_and_frees_the_rest():
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
def test_cost_above_the_hold_follows_its_rule(over_rule, included, charged):
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
    with pytest.raises(charging.HoldExceeded):
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
def test_hold_is_paid_even_if_inbound_chat_took_the_rest():
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
    made = holds.hold(location.pk, credits=50, seconds_to_live=60, key=key(), at=NOON).hold
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
def test_refused_settlement_leaves_the_hold_open():
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
def test_ended_hold_cannot_end_in_another_way():
    make_card()
    location = make_location()
    made = hold_call(location)
    settle(made, call(61))
    with pytest.raises(HoldEnded) as ended:
        settle(made, call(59))
    assert ended.value.state == "settled"
    with pytest.raises(HoldEnded):
        holds.release(made.pk, at=LATER)


@pytest.mark.django_db
def test_a_release_frees_all_of_it_and_may_be_repeated():
    make_card()
    location = make_location(included=100)
    made = hold_call(location)
    assert holds.release(made.pk, at=LATER).state == "released"
    assert holds.release(made.pk, at=AFTER).ended_at == LATER
    assert standing(location) == (100, 0, 100)
    with pytest.raises(HoldEnded) as ended:
        settle(made, call(61))
    assert ended.value.state == "released"


@pytest.mark.django_db
def test_hold_expires_at_its_instant_not_when_recorded():
    make_card()
    location = make_location(included=100)
    made = hold_call(location)
    assert standing(location, made.expires_at - dt.timedelta(seconds=1)) == (100, 24, 76)
    assert standing(location, made.expires_at) == (100, 0, 100)
    for ending in (
        lambda: settle(made, call(61), at=made.expires_at),
        lambda: holds.release(made.pk, at=made.expires_at),
    ):
        with pytest.raises(HoldEnded) as ended:
            ending()
        assert ended.value.state == "expired"
    assert holds.expire_holds(at=made.expires_at) == 1
    assert holds.expire_holds(at=made.expires_at) == 0
    made.refresh_from_db()
    assert (made.state, made.ended_at) == ("expired", made.expires_at)
