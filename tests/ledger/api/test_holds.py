"""Holds over HTTP."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from ledger.models import Charge, Hold
from tests.factories import DOMESTIC, FRANCE, IMPOSSIBLE, MEXICO
from tests.ledger.api.conftest import faults, problem


def hold_request(phone=MEXICO, seconds=120, **fields):
    call = {"phone": phone, "expected_seconds": seconds}
    return {"call": call, "seconds_to_live": 600} | fields


def settlement(seconds=61, phone=MEXICO):
    return {"messages": [{"external_id": "call-1", "phone": phone, "seconds": seconds}]}


@pytest.fixture
def hold_id(api):
    return api.post("holds", hold_request()).json()["hold_id"]


def end(api, hold_id, how, body=None, **options):
    return api.post(f"/api/v1/holds/{hold_id}/{how}", {} if body is None else body, **options)


def state(api, hold_id):
    return api.get(f"/api/v1/holds/{hold_id}").json()["state"]


def available(api):
    return api.get("balance").json()["available_credits"]


def test_a_hold_sets_credits_aside(api):
    answer = api.post("holds", hold_request())
    assert answer.status_code == 201
    content = answer.json()
    assert (content["outcome"], content["reason"], content["credits"]) == ("held", None, 24)
    assert (content["available_before"], content["available_after"]) == (1000, 976)
    balance = api.get("balance").json()
    assert (balance["held_credits"], balance["available_credits"]) == (24, 976)


@pytest.mark.parametrize(
    ("body", "reason", "credits"),
    [
        (hold_request(IMPOSSIBLE), "bad_number", 0),
        (hold_request("+4915123456789"), "no_rate", 0),
        ({"credits": 1001, "seconds_to_live": 60}, "insufficient_credits", 1001),
    ],
)
def test_a_hold_that_cannot_be_is_refused_by_reason(api, body, reason, credits):
    content = api.post("holds", body).json()
    assert (content["outcome"], content["reason"], content["credits"]) == (
        "refused",
        reason,
        credits,
    )
    assert content["available_after"] == content["available_before"] == 1000


def test_a_domestic_call_holds_nothing(api):
    assert api.post("holds", hold_request(DOMESTIC)).json()["credits"] == 0


def test_the_same_wish_holds_once(api):
    first = api.post("holds", hold_request(), key="h1")
    end(api, first.json()["hold_id"], "release")
    again = api.post("holds", hold_request(), key="h1")
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Hold.objects.count() == 1


def test_key_cannot_be_reused_for_another_hold(api):
    api.post("holds", hold_request(), key="h1")
    assert problem(api.post("holds", hold_request(seconds=121), key="h1")) == (
        422,
        "idempotency_key_reuse",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"seconds_to_live": 60}, "credits"),
        (hold_request(credits=5), "credits"),
        (hold_request(seconds_to_live=0), "seconds_to_live"),
        (hold_request(seconds_to_live=10**7), "seconds_to_live"),
        (hold_request(over="forgive"), "over"),
        (hold_request(seconds=-1), "call.expected_seconds"),
        (hold_request(colour="red"), "colour"),
        ({"credits": 0, "seconds_to_live": 60}, "credits"),
    ],
)
def test_a_malformed_wish_names_its_field(api, body, field):
    assert field in faults(api.post("holds", body))


def test_settlement_charges_actual_seconds(api, hold_id):
    answer = end(api, hold_id, "settle", settlement(30), key="s1")
    assert answer.status_code == 201
    content = answer.json()
    assert (content["outcome"], content["credits"]) == ("charged", 12)
    assert content["messages"][0]["units"] == 1
    assert content["balance_after"]["held_credits"] == 0
    assert content["balance_after"]["available_credits"] == available(api) == 988
    assert state(api, hold_id) == "settled"


def test_balance_after_includes_other_holds(api, hold_id):
    api.post("holds", {"credits": 100, "seconds_to_live": 600})
    content = end(api, hold_id, "settle", settlement(30)).json()
    assert content["balance_after"]["held_credits"] == 100
    assert content["balance_after"]["available_credits"] == available(api) == 888


@pytest.mark.parametrize("key", ["s1", "s2"])
def test_the_same_settlement_again_gets_the_first_answer(api, hold_id, key):
    first = end(api, hold_id, "settle", settlement(), key="s1")
    again = end(api, hold_id, "settle", settlement(), key=key)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Charge.objects.count() == 1


def test_another_settlement_is_too_late(api, hold_id):
    end(api, hold_id, "settle", settlement(61))
    assert problem(end(api, hold_id, "settle", settlement(62))) == (409, "hold_ended")


def test_a_settlement_key_stands_for_one_settlement(api, hold_id):
    end(api, hold_id, "settle", settlement(61), key="s1")
    again = end(api, hold_id, "settle", settlement(62), key="s1")
    assert problem(again) in [(422, "idempotency_key_reuse"), (409, "hold_ended")]


@pytest.mark.parametrize(("over", "credits"), [("cap", 24), ("overflow", 36), ("refuse", None)])
def test_more_than_was_held_follows_the_rule(api, over, credits):
    hold_id = api.post("holds", hold_request(over=over)).json()["hold_id"]
    answer = end(api, hold_id, "settle", settlement(121))
    if credits is None:
        assert problem(answer) == (409, "over_hold")
        assert state(api, hold_id) == "open"
    else:
        assert answer.json()["credits"] == credits


def test_the_call_must_be_the_one_that_was_held_for(api, hold_id):
    answer = end(api, hold_id, "settle", settlement(phone=FRANCE))
    assert list(faults(answer)) == ["messages[0].phone"]


def test_a_release_frees_the_credits_and_may_be_repeated(api, hold_id):
    first = end(api, hold_id, "release", key=None)
    again = end(api, hold_id, "release", key=None)
    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json()["state"] == "released"
    assert available(api) == 1000


def test_a_hold_ends_once(api, hold_id):
    end(api, hold_id, "release")
    assert problem(end(api, hold_id, "settle", settlement())) == (409, "hold_ended")
    settled = api.post("holds", hold_request()).json()["hold_id"]
    end(api, settled, "settle", settlement())
    assert problem(end(api, settled, "release")) == (409, "hold_ended")


def test_an_expired_hold_holds_nothing(api, hold_id):
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=601), tick=False):
        assert state(api, hold_id) == "expired"
        assert available(api) == 1000
        assert problem(end(api, hold_id, "release")) == (409, "hold_ended")
        assert problem(end(api, hold_id, "settle", settlement())) == (409, "hold_ended")


@pytest.mark.parametrize("hold_id", [99_999_999, 10**30])
def test_an_unknown_hold_is_a_problem(api, hold_id):
    assert problem(api.get(f"/api/v1/holds/{hold_id}")) == (404, "hold_not_found")
    assert problem(end(api, hold_id, "settle", settlement())) == (404, "hold_not_found")
    assert problem(end(api, hold_id, "release")) == (404, "hold_not_found")
