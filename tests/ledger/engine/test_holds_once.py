"""Invalid holds, and that a hold ends once."""

import datetime as dt
from collections import Counter

import pytest
from django.db import DatabaseError, transaction

from ledger.engine import charging, holds, renewals
from ledger.engine.holds import HoldEnded, PlannedCall, UnknownHold
from ledger.engine.posting import BadInput, KeyReused
from ledger.models import Charge, Hold
from ledger.verification.verify import verify
from tests.factories import (
    DOMESTIC,
    GERMANY,
    MEXICO,
    NOON,
    call,
    key,
    make_card,
    make_location,
    text,
)
from tests.ledger.calls import AFTER, LATER, hold_call, settle
from tests.processes import race


@pytest.mark.django_db
def test_a_hold_survives_a_renewal_but_not_the_contract_credits():
    make_card()
    location = make_location(included=100, starts_on=dt.date(2025, 6, 16))
    made = hold_call(location, 120, seconds_to_live=86_400)
    next_day = NOON + dt.timedelta(hours=13)
    balance = renewals.renew_if_due(location.pk, at=next_day)
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
    again = holds.hold(
        location.pk,
        call=PlannedCall(phone=MEXICO, expected_seconds=120),
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
        ({"credits": 5, "call": PlannedCall(phone=MEXICO, expected_seconds=1)}, "credits"),
        ({"credits": 0}, "credits"),
        ({"call": PlannedCall(phone="", expected_seconds=1)}, "phone"),
        ({"call": PlannedCall(phone=MEXICO, expected_seconds=-1)}, "expected_seconds"),
        ({"call": PlannedCall(phone=MEXICO, expected_seconds=1, carrier_type="x")}, "carrier_type"),
        ({"credits": 5, "over_rule": "hope"}, "over"),
        ({"credits": 5, "seconds_to_live": 0}, "seconds_to_live"),
    ],
)
def test_a_malformed_hold_names_its_field(options, field):
    with pytest.raises(BadInput) as refusal:
        holds.hold(
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
        holds.settle(987654321, "voice", [call(1)], key=key(), at=NOON)


@pytest.mark.django_db
def test_the_database_lets_a_hold_end_once():
    make_card()
    made = hold_call(make_location())
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.update(credits=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.update(state="released")
    holds.release(made.pk, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.update(state="open", ended_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.all()._raw_delete("default")


def end(hold_id: int, how: str, number: int) -> str:
    try:
        if how == "release":
            holds.release(hold_id, at=LATER)
        elif how == "expire":
            return f"expired {holds.expire_holds(at=AFTER)}"
        else:
            message = call(61, external_id=f"{how}-{hold_id}")
            holds.settle(hold_id, "voice", [message], key=f"{how}-{hold_id}-{number}", at=LATER)
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
def test_of_concurrent_endings_exactly_one_counts(cloned_database, endings):
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
