"""Races between processes on PostgreSQL; without the lock of the balance each of them fails."""

import datetime as dt
from collections import Counter

import pytest

from ledger.engine import charging, funding, renewals
from ledger.engine.posting import KeyReused
from ledger.models import Balance, Charge, Entry
from ledger.verification.verify import verify
from locations.models import Location
from locations.rate_cards import publishing
from tests.factories import NOON, chat, make_card, make_location, text
from tests.processes import race

pytestmark = pytest.mark.processes

PROCESSES = 8


def charge_often(location_id: int, mark: str, times: int) -> list[str]:
    """The outcomes of `times` broadcasts of one text, each with a key of its own."""
    return [
        charging.charge_broadcast(
            location_id, "text", [text(external_id=f"{mark}-{n}")], key=f"{mark}-{n}", at=NOON
        ).outcome
        for n in range(times)
    ]


def charge_once(location_id: int, key: str, external_id: str) -> tuple[int, bool]:
    answer = charging.charge_broadcast(
        location_id, "text", [text(external_id=external_id)], key=key, at=NOON
    )
    return answer.charge_id, answer.replayed


def charge_or_buy(location_id: int, key: str, buy: bool) -> str:
    try:
        if buy:
            funding.purchase(location_id, 5, key=key, at=NOON, reference="PO")
        else:
            charge_once(location_id, key, "one")
    except KeyReused:
        return "refused"
    return "done"


def test_concurrent_charges_take_no_more_than_the_last_credits(cloned_database):
    make_card()
    location = make_location(included=7 * 40)
    outcomes = race(
        charge_often,
        [{"location_id": location.pk, "mark": f"p{n}", "times": 10} for n in range(PROCESSES)],
    )
    assert [outcome.error for outcome in outcomes] == [""] * PROCESSES
    assert Counter(o for outcome in outcomes for o in outcome.value) == {
        "charged": 40,
        "refused": 40,
    }
    assert Balance.objects.get(location=location).total == 0
    assert verify() == []


def test_the_same_key_from_eight_processes_charges_once(cloned_database):
    make_card()
    location = make_location()
    renewals.renew(location.pk, at=NOON)
    for attempt in range(5):
        outcomes = race(
            charge_once,
            [
                {"location_id": location.pk, "key": f"k{attempt}", "external_id": f"x{attempt}"}
                for _ in range(PROCESSES)
            ],
        )
        assert [outcome.error for outcome in outcomes] == [""] * PROCESSES
        assert len({outcome.value[0] for outcome in outcomes}) == 1
        assert Counter(outcome.value[1] for outcome in outcomes) == {False: 1, True: PROCESSES - 1}
    assert Charge.objects.count() == 5
    assert verify() == []


def test_the_same_external_id_under_eight_keys_is_charged_once(cloned_database):
    make_card()
    location = make_location()
    outcomes = race(
        charge_once,
        [{"location_id": location.pk, "key": f"k{n}", "external_id": "x"} for n in range(8)],
    )
    assert Counter(outcome.error for outcome in outcomes) == {"": 1, "ExternalIdTaken": 7}
    assert verify() == []


def test_one_key_for_a_charge_and_a_purchase_is_used_by_one_of_them(cloned_database):
    make_card()
    location = make_location()
    for attempt in range(5):
        outcomes = race(
            charge_or_buy,
            [
                {"location_id": location.pk, "key": f"k{attempt}", "buy": buy}
                for buy in (True, False)
            ],
        )
        answers = sorted(outcome.value or outcome.error for outcome in outcomes)
        # The one message is charged in one attempt only; a purchase may come first in all.
        assert answers in (["done", "refused"], ["ExternalIdTaken", "done"])
    assert verify() == []


def renew(location_id: int, at: dt.datetime) -> int:
    return len(renewals.renew(location_id, at=at))


def chat_at(location_id: int, mark: str, at: dt.datetime, times: int) -> int:
    for n in range(times):
        charging.charge_chat(
            location_id,
            [chat("inbound", external_id=f"{mark}-{n}", sent_at=at)],
            key=f"{mark}-{n}",
            at=at,
        )
    return times


def test_a_renewal_that_races_itself_grants_once(cloned_database):
    location = make_location(starts_on=dt.date(2024, 2, 29))
    # The balance row is there already: its creation would let one in after the other.
    renewals.renew(location.pk, at=dt.datetime(2024, 3, 1, tzinfo=dt.UTC))
    outcomes = race(renew, [{"location_id": location.pk, "at": NOON}] * PROCESSES)
    assert sorted(outcome.value or 0 for outcome in outcomes) == [0] * (PROCESSES - 1) + [2]
    assert [outcome.error for outcome in outcomes] == [""] * PROCESSES
    assert Entry.objects.filter(kind="contract_grant").count() == 3
    assert verify() == []


def before_or_after(location_id: int, mark: str, at: dt.datetime, times: int) -> int:
    """Some processes renew, the others charge as of the new term's first minute."""
    if mark.startswith("renew"):
        return renew(location_id, at)
    return chat_at(location_id, mark, at, times)


def test_charges_that_race_a_renewal_are_paid_by_one_term_or_the_other(cloned_database):
    location = make_location(included=100, starts_on=dt.date(2025, 6, 15))
    before = dt.datetime(2026, 6, 14, 23, 59, 59, tzinfo=dt.UTC)
    after = dt.datetime(2026, 6, 15, 0, 0, 1, tzinfo=dt.UTC)
    chat_at(location.pk, "first", before, 1)
    calls = [
        {"location_id": location.pk, "mark": mark, "at": at, "times": 10}
        for mark, at in [
            ("renew-a", after),
            ("renew-b", after),
            ("early-a", before),
            ("early-b", before),
            ("late-a", after),
            ("late-b", after),
        ]
    ]
    outcomes = race(before_or_after, calls)
    assert [outcome.error for outcome in outcomes] == [""] * len(calls)
    grants = Entry.objects.filter(kind="contract_grant").order_by("number")
    assert [grant.day for grant in grants] == [dt.date(2025, 6, 15), dt.date(2026, 6, 15)]
    lapsed = Entry.objects.get(kind="contract_expiry")
    in_old_term = Entry.objects.filter(kind="chat", number__lt=lapsed.number).count()
    assert -lapsed.contract_delta == 100 - 2 * in_old_term
    total = Balance.objects.get(location=location).total
    assert total == 100 - 2 * (41 - in_old_term)
    assert verify() == []


def publish(card_id: int, at: dt.datetime) -> None:
    from locations.models import RateCard

    publishing.publish_card(RateCard.objects.get(pk=card_id), at=at)


def charge_or_publish(location_id: int, mark: str, card_id: int) -> list[int]:
    if mark == "publish":
        publish(card_id, NOON)
        return []
    credits = []
    for n in range(20):
        answer = charging.charge_broadcast(
            location_id, "text", [text(external_id=f"{mark}-{n}")], key=f"{mark}-{n}", at=NOON
        )
        credits.append(answer.credits)
    return credits


def test_a_card_that_is_published_while_charging_is_never_mixed_up(cloned_database):
    make_card([("MX", "mobile", "text", 7)])
    draft = make_card([("MX", "mobile", "text", 9)], effective_on=NOON.date(), published=False)
    location = make_location(included=10_000)
    outcomes = race(
        charge_or_publish,
        [
            {"location_id": location.pk, "mark": mark, "card_id": draft.pk}
            for mark in ("a", "b", "publish", "c")
        ],
    )
    assert [outcome.error for outcome in outcomes] == [""] * 4
    for outcome in outcomes:
        # Once a process has seen the new price it never charges the old one again.
        assert outcome.value == sorted(outcome.value)
    assert verify() == []
    assert Location.objects.count() == 1
