"""The estimate, and what the same list then costs when it is charged."""

import datetime as dt
import random

import pytest

from ledger.engine import charging, funding, holds
from ledger.engine.quotes import QuoteMessage
from ledger.models import Balance, Charge, Entry, InternationalMessage
from locations.models import Location
from reports.estimates.estimate import Estimate, estimate, last_broadcast, repeat_messages
from reports.estimates.invalid_numbers import list_invalid_numbers
from reports.estimates.number_lists import parse_pasted
from tests.factories import (
    FRANCE,
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
from tests.proving import short_or_full

pytestmark = pytest.mark.django_db

# Country code, national parts, how people write them.
STARTS = ["+522221", "+336120", "+331234", "+491512", "+44740012", "+120155", "+87077", "+3"]


def written(draw: random.Random, phone: str) -> str:
    """The same number as somebody might have written it."""
    digits = phone[1:]
    cut = draw.randint(2, max(2, len(digits) - 2))
    return draw.choice(
        [
            phone,
            f"00{digits}",
            f"+{digits[:cut]} {digits[cut:]}",
            f"+{digits[:cut]}-({digits[cut:]})",
            f" {phone}\t",
        ]
    )


def random_phone(draw: random.Random) -> str:
    start = draw.choice(STARTS)
    return start + "".join(draw.choice("0123456789") for _ in range(draw.randint(4, 7)))


def random_card(draw: random.Random, series: str, effective_on: dt.date) -> None:
    rates = [
        (country, line, channel, draw.randint(0, 40))
        for country in ("MX", "FR", "DE", "GB", "001")
        for line in ("mobile", "landline")
        for channel in ("text", "voice")
        if draw.random() < 0.75
    ]
    prefix = {
        "country": "FR",
        "carrier_type": "mobile",
        "channel": "voice",
        "prefix": "33612",
        "credits": draw.randint(1, 60),
        "first_seconds": draw.choice([1, 30, 60]),
        "following_seconds": draw.choice([1, 6, 60]),
    }
    make_card(
        rates,
        series=series,
        effective_on=effective_on,
        prefixes=[prefix],
        is_default=series == "Standard",
    )


def random_location(draw: random.Random) -> Location:
    fields: dict[str, object] = {"overdraft_limit": draw.choice([0, 0, 50])}
    if draw.random() < 0.3:
        fields["rate_card_series"] = series("Partners")
    included = draw.choice([None, 0, 60, 500, 100_000])
    if included is None:
        fields = {}
    location = make_location(included=included, **fields)
    if draw.random() < 0.5:
        funding.purchase(
            location.pk, draw.randint(1, 400), key=key(), at=NOON, reference="Invoice 1"
        )
    available = Balance.objects.filter(location=location).first()
    if available and available.total > 20 and draw.random() < 0.3:
        holds.hold(location.pk, credits=10, seconds_to_live=3600, key=key(), at=NOON)
    return location


def series(name: str) -> object:
    from locations.models import RateCardSeries

    return RateCardSeries.objects.get(name=name)


@pytest.mark.proof
def test_an_estimate_is_what_the_same_list_costs_for_random_lists() -> None:
    """To the credit: in all, by destination, by who pays, by refusal, and what is missing."""
    draw = random.Random(20261123)
    for name in ("Standard", "Partners"):
        for effective_on in (dt.date(2025, 1, 1), dt.date(2026, 6, 15), dt.date(2026, 12, 1)):
            random_card(draw, name, effective_on)
    seen = {"sent": 0, "insufficient": 0, "nothing": 0, "refused numbers": 0, "domestic": 0}
    lists = short_or_full(40, 100)
    for _ in range(lists):
        location = random_location(draw)
        channel = draw.choice(["text", "voice"])
        seconds = draw.randint(1, 400) if channel == "voice" else None
        phones = [random_phone(draw) for _ in range(draw.randint(1, 40))]
        phones += draw.choices(phones, k=draw.randint(0, 3))
        lines = [written(draw, phone) for phone in phones]
        lines.insert(draw.randint(0, len(lines)), "Ana")
        listed = parse_pasted("\n".join(lines))
        assert [number.phone for number in listed.numbers] == phones
        found = estimate(
            location, channel, [QuoteMessage(phone=p, seconds=seconds) for p in phones], at=NOON
        )
        messages = [
            text(p) if seconds is None else call(seconds, p)
            for p in (number.phone for number in listed.numbers)
        ]
        answer = charging.charge_broadcast(location.pk, channel, messages, key=key(), at=NOON)
        check(found, answer, location)
        seen["insufficient"] += answer.refusal == "insufficient_credits"
        seen["nothing"] += answer.refusal == "nothing_to_send"
        seen["sent"] += answer.credits > 0
        seen["refused numbers"] += bool(found.quote.refused)
        seen["domestic"] += bool(found.quote.domestic)
    assert min(seen.values()) > 0, seen
    assert seen["sent"] > 0.3 * lists, seen
    assert seen["insufficient"] > 0.1 * lists, seen


def check(found: Estimate, answer: charging.ChargeResult, location: Location) -> None:
    quote = found.quote
    assert quote.credits == answer.needed
    assert quote.available == answer.available_before
    assert quote.shortfall == answer.shortfall
    assert quote.domestic == sum(m.outcome == "domestic" for m in answer.messages)
    refused = {r.index: r.reason for r in quote.refused}
    told = {n: m.refusal for n, m in enumerate(answer.messages) if m.refusal}
    if not quote.fits:
        assert answer.refusal == "insufficient_credits"
        assert {n: why for n, why in told.items() if why != "insufficient_credits"} == refused
        return
    assert told == refused
    assert quote.credits == answer.credits
    kept = InternationalMessage.objects.filter(charge_id=answer.charge_id, outcome="charged")
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for message in kept:
        where = (message.country, message.carrier_type)
        count, credits = sums.get(where, (0, 0))
        sums[where] = (count + 1, credits + message.credits)
    assert {
        (d.country, d.carrier_type): (d.messages, d.credits) for d in quote.destinations
    } == sums
    if entry := Entry.objects.filter(charge_id=answer.charge_id).first():
        assert quote.payment is not None
        assert quote.payment.contract == -entry.contract_delta
        assert quote.payment.purchased + quote.payment.overdraft == -entry.purchased_delta
        assert quote.payment.contract_left == entry.contract_after
        assert quote.payment.purchased_left == entry.purchased_after
    balance = Balance.objects.as_of(NOON).get(location=location)
    assert found.left == balance.available


def ask(location: Location, *phones: str, channel: str = "text", **fields: int) -> Estimate:
    return estimate(location, channel, [QuoteMessage(phone=p, **fields) for p in phones], at=NOON)


def test_what_to_buy_goes_by_the_list_the_history_and_the_recommendation() -> None:
    make_card()
    location = make_location(included=10)
    location.chat_inboxes.create(name="Front Desk")
    found = ask(location, MEXICO, MEXICO, FRANCE)
    assert found.recipients == 2
    assert (found.to_buy.list, found.to_buy.history, found.to_buy.recommended) == (10, None, 400)
    assert found.recommended_sends == 20


def test_the_history_counts_the_list_on_top() -> None:
    make_card()
    location = make_location(included=None)
    location.chat_inboxes.create(name="Front Desk")
    for days in range(20, 0, -1):
        at = NOON - dt.timedelta(days=days)
        charging.charge_chat(location.pk, [chat("inbound", sent_at=at)], key=key(), at=at)
    funding.purchase(location.pk, 1000, key=key(), at=NOON, reference="Invoice 1")
    assert ask(location, MEXICO).to_buy.history == 0  # 953 left, 60 in 30 days
    found = ask(location, *[MEXICO] * 135)  # 945 credits of 960: 15 left
    assert (found.left, found.to_buy.history) == (15, 50)


def test_a_renewal_that_is_due_comes_first() -> None:
    make_card()
    location = make_location(included=100, starts_on=dt.date(2025, 7, 1))
    ask(location, MEXICO)
    found = estimate(location, "text", [QuoteMessage(phone=MEXICO)], at=NOON.replace(month=7))
    assert (found.quote.available, found.left) == (100, 93)


def test_the_last_broadcast_is_asked_about_again() -> None:
    make_card()
    location = make_location()
    location.chat_inboxes.create(name="Front Desk")
    assert last_broadcast(location) is None
    charging.charge_broadcast(location.pk, "text", [text()], key=key(), at=NOON)
    calls = [call(61), call(5, FRANCE), call(5, FRANCE, carrier_type="landline"), call(9, "+33")]
    answer = charging.charge_broadcast(location.pk, "voice", calls, key=key(), at=NOON)
    charging.charge_chat(location.pk, [chat()], key=key(), at=NOON)
    last = last_broadcast(location)
    assert last == Charge.objects.get(pk=answer.charge_id)
    again = estimate(location, "voice", repeat_messages(last, "voice", None), at=NOON)
    assert again.quote.credits == answer.credits
    longer = repeat_messages(last, "voice", 120)
    assert {each.seconds for each in longer} == {120}
    assert [each.carrier_type for each in repeat_messages(last, "text", 60)] == [
        None, None, "landline", None
    ]  # fmt: skip


def test_what_cannot_be_sent_to_stands_in_the_order_of_the_list() -> None:
    make_card()
    listed = parse_pasted(f"Ana\n{MEXICO}\n{GERMANY}\n07400 123456\n+33")
    location = make_location()
    quote = ask(location, *[number.phone for number in listed.numbers]).quote
    assert [
        (each.line, each.written, each.reason) for each in list_invalid_numbers(listed, quote)
    ] == [
        (1, "Ana", "No phone number"),
        (3, GERMANY, "Germany: The rate card has no price for the destination"),
        (4, "07400 123456", "No country code: write it like +44 7400 123456"),
        (5, "+33", "Not a possible phone number"),
    ]
