"""Charging broadcasts: what is sent, what is refused, which credits pay."""

import datetime as dt
from dataclasses import replace

import pytest

from ledger.engine import charging, funding
from ledger.engine.posting import ExternalIdTaken, KeyReused
from ledger.models import Charge, InternationalMessage
from tests.factories import (
    DOMESTIC,
    FRANCE,
    GERMANY,
    IMPOSSIBLE,
    MEXICO,
    NOON,
    call,
    chat,
    key,
    make_card,
    make_location,
    text,
)
from tests.ledger.sending import balance, entries, send

pytestmark = pytest.mark.django_db


def test_a_broadcast_is_one_entry_with_many_messages():
    make_card()
    location = make_location()
    answer = send(location, text(MEXICO), text(FRANCE), text(MEXICO))
    assert answer.credits == 20
    assert entries(location) == [("international_text", -20, 0)]
    messages = InternationalMessage.objects.filter(charge=answer.charge_id).order_by("position")
    assert [m.credits for m in messages] == [7, 6, 7]
    assert {m.entry.number for m in messages} == {2}


def test_a_call_costs_its_started_minutes():
    make_card()
    location = make_location()
    answer = send(location, call(61), call(60), call(0), channel="voice")
    assert [message.credits for message in answer.messages] == [24, 12, 0]
    assert entries(location) == [("international_voice", -36, 0)]


def test_bad_unpriced_and_domestic_numbers_cost_nothing_and_the_others_are_sent():
    make_card()
    location = make_location()
    answer = send(location, text(IMPOSSIBLE), text(GERMANY), text(DOMESTIC), text(MEXICO))
    assert [(m.outcome, m.refusal, m.credits) for m in answer.messages] == [
        ("refused", "bad_number", 0),
        ("refused", "no_rate", 0),
        ("domestic", "", 0),
        ("charged", "", 7),
    ]
    assert (answer.outcome, answer.credits) == ("charged", 7)
    # Refused messages are kept with their reason; domestic ones are part of the plan.
    kept = InternationalMessage.objects.filter(charge=answer.charge_id).order_by("position")
    assert [(m.position, m.refusal) for m in kept] == [(0, "bad_number"), (1, "no_rate"), (3, "")]


def test_a_broadcast_of_domestic_numbers_is_charged_nothing_and_makes_no_entry():
    make_card()
    location = make_location()
    answer = send(location, text(DOMESTIC))
    assert (answer.outcome, answer.credits, answer.messages[0].outcome) == (
        "charged",
        0,
        "domestic",
    )
    assert entries(location) == []
    assert Charge.objects.get().credits == 0


def test_a_broadcast_whose_numbers_are_all_refused_is_refused():
    make_card()
    answer = send(make_location(), text(IMPOSSIBLE), text(GERMANY))
    assert (answer.outcome, answer.refusal) == ("refused", "nothing_to_send")


def test_contract_credits_go_first_then_purchased_then_the_overdraft():
    make_card()
    location = make_location(included=10, overdraft_limit=8)
    funding.purchase(location.pk, 5, key=key(), at=NOON, reference="PO-1")
    send(location, text())
    assert balance(location) == (3, 5)
    send(location, text())
    assert balance(location) == (0, 1)
    send(location, text())
    assert balance(location) == (0, -6)
    assert send(location, text()).refusal == "insufficient_credits"
    assert balance(location) == (0, -6)
    assert entries(location)[1:] == [
        ("international_text", -7, 0),
        ("international_text", -3, -4),
        ("international_text", 0, -7),
    ]


def test_broadcast_that_does_not_fit_is_refused_whole_with_its_shortfall():
    make_card()
    location = make_location(included=20)
    answer = send(location, text(), text(), text(), text(IMPOSSIBLE))
    assert (answer.outcome, answer.refusal) == ("refused", "insufficient_credits")
    assert (answer.needed, answer.available_before, answer.shortfall) == (21, 20, 1)
    assert [m.refusal for m in answer.messages] == ["insufficient_credits"] * 3 + ["bad_number"]
    assert balance(location) == (20, 0)
    assert InternationalMessage.objects.filter(location=location, credits=0).count() == 4


def test_a_broadcast_may_spend_the_last_credit():
    make_card()
    location = make_location(included=21)
    assert send(location, text(), text(), text()).outcome == "charged"
    assert balance(location) == (0, 0)


def test_a_broadcast_may_ask_to_send_what_fits_in_the_order_given():
    make_card()
    location = make_location(included=20)
    answer = send(
        location,
        text(MEXICO),
        text(MEXICO),
        text(MEXICO),
        text(FRANCE),
        on_insufficient="send_what_fits",
    )
    assert [m.outcome for m in answer.messages] == ["charged", "charged", "refused", "charged"]
    assert (answer.needed, answer.credits, answer.contract_after) == (27, 20, 0)


def test_free_calls_are_sent_without_credits():
    make_card()
    location = make_location(included=0)
    assert send(location, call(0), channel="voice").outcome == "charged"


def test_same_key_returns_the_first_result_and_charges_nothing():
    make_card()
    location = make_location()
    messages = text(), text(DOMESTIC), text(IMPOSSIBLE)
    first = send(location, *messages, key="k")
    again = send(location, *messages, key="k", at=NOON + dt.timedelta(days=1))
    assert again == replace(first, replayed=True)
    assert balance(location) == (993, 0)


def test_repeated_refused_request_gets_the_same_refusal():
    make_card()
    location = make_location(included=0)
    message = text()
    first = send(location, message, key="k")
    funding.purchase(location.pk, 100, key=key(), at=NOON, reference="PO-1")
    assert send(location, message, key="k") == replace(first, replayed=True)
    assert send(location, message, key="another").outcome == "charged"


@pytest.mark.parametrize(
    "other",
    [
        {"messages": [text(FRANCE, external_id="a")]},
        {"messages": [text(external_id="a", carrier_type="mobile")]},
        {"messages": [text(external_id="a", profile={"City": "Oslo"})]},
        {"on_insufficient": "send_what_fits"},
    ],
)
def test_the_same_key_with_other_content_is_an_error(other):
    make_card()
    location = make_location()
    request = {"messages": [text(external_id="a")], "on_insufficient": "refuse_all"}
    charging.charge_broadcast(location.pk, "text", key="k", at=NOON, **request)
    with pytest.raises(KeyReused):
        charging.charge_broadcast(location.pk, "text", key="k", at=NOON, **request | other)
    assert balance(location) == (993, 0)


def test_a_key_belongs_to_one_location_and_to_one_kind_of_request():
    make_card()
    location, other = make_location(), make_location()
    send(location, text(), key="k")
    assert send(other, text(), key="k").outcome == "charged"
    with pytest.raises(KeyReused):
        funding.purchase(location.pk, 10, key="k", at=NOON, reference="PO")
    funding.purchase(location.pk, 10, key="p", at=NOON, reference="PO")
    with pytest.raises(KeyReused):
        send(location, text(), key="p")


def test_an_external_id_is_charged_once_as_broadcast_or_chat():
    make_card()
    location = make_location()
    send(location, text(external_id="x"))
    with pytest.raises(ExternalIdTaken):
        send(location, text(external_id="y"), text(external_id="x"))
    with pytest.raises(ExternalIdTaken):
        charging.charge_chat(location.pk, [chat(external_id="x")], key=key(), at=NOON)
    assert not Charge.objects.filter(kind="chat").exists()
    assert send(location, text(external_id="y")).outcome == "charged"


def test_refused_external_id_can_be_charged_later():
    make_card()
    location = make_location(included=0)
    assert send(location, text(external_id="x")).outcome == "refused"
    funding.purchase(location.pk, 7, key=key(), at=NOON, reference="PO")
    assert send(location, text(external_id="x")).outcome == "charged"
