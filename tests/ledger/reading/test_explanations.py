"""Why a message cost what it cost: the sentence beside the figure."""

import datetime as dt
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from ledger.api import explanations
from ledger.engine import holds
from ledger.engine.charge_requests import ChatRequest, InternationalRequest
from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.models import ChatMessage, InternationalMessage, OnInsufficient, Refusal
from ledger.reading.explanations import (
    MessagePayment,
    card_name,
    explain_chat,
    explain_international,
    explain_payment,
    suggest_action,
)
from tests.factories import (
    FRANCE,
    FRANCE_LANDLINE,
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

pytestmark = pytest.mark.django_db


def row(**fields: Any) -> dict[str, Any]:
    return {"country": "MX", "carrier_type": "mobile", "channel": "voice", "credits": 12} | fields


def explained(
    *messages: InternationalRequest, channel: str = "text", included: int = 10_000
) -> list[str]:
    """The sentences of a broadcast, as they are told afterwards."""
    answer = charge_broadcast(
        make_location(included=included).pk,
        channel,
        messages,
        key=key(),
        at=NOON,
        on_insufficient=OnInsufficient.SEND_WHAT_FITS,
    )
    kept = InternationalMessage.objects.select_related("rate__card__series")
    return [
        explain_international(message)
        for message in kept.filter(charge=answer.charge_id).order_by("position")
    ]


def chat_explained(*messages: ChatRequest, included: int = 100) -> list[str]:
    answer = charge_chat(make_location(included=included).pk, messages, key=key(), at=NOON)
    kept = ChatMessage.objects.select_related("card__series").filter(charge=answer.charge_id)
    return [explain_chat(message) for message in kept.order_by("position")]


def test_a_text_is_one_text_at_its_rate():
    make_card()
    assert explained(text(MEXICO), text(FRANCE)) == [
        "1 text × 7 (Mexico, mobile; card Standard, from 1 Jan 2020) = 7",
        "1 text × 6 (France, mobile; card Standard, from 1 Jan 2020) = 6",
    ]


def test_a_call_is_its_started_minutes_at_its_rate():
    make_card()
    calls = [call(61), call(60), call(7205), call(185, FRANCE_LANDLINE)]
    assert explained(*calls, channel="voice") == [
        "61 s = 2 started minutes × 12 (Mexico, mobile; card Standard, from 1 Jan 2020) = 24",
        "60 s = 1 started minute × 12 (Mexico, mobile; card Standard, from 1 Jan 2020) = 12",
        "7,205 s = 121 started minutes × 12 (Mexico, mobile; card Standard, from 1 Jan 2020)"
        " = 1,452",
        "185 s = 4 started minutes × 3 (France, landline; card Standard, from 1 Jan 2020) = 12",
    ]


def test_a_call_that_was_not_answered_cost_nothing():
    make_card()
    assert explained(call(0), channel="voice") == [
        "The call was not answered: 0 s cost nothing"
        " (Mexico, mobile; card Standard, from 1 Jan 2020)"
    ]


def test_other_increments_and_the_rounding_are_told():
    make_card([], prefixes=[row(prefix="52222", first_seconds=30, following_seconds=6)])
    assert explained(call(61), call(26), channel="voice") == [
        "61 s = 66 s in increments 30/6 ÷ 60 × 12 "
        "(Mexico, mobile, numbers from +52222; card Standard, from 1 Jan 2020) = 14, rounded up",
        "26 s = 30 s in increments 30/6 ÷ 60 × 12 "
        "(Mexico, mobile, numbers from +52222; card Standard, from 1 Jan 2020) = 6",
    ]


def test_a_carrier_type_that_the_sender_stated_is_told_as_such():
    make_card()
    stated = call(60, FRANCE, carrier_type="landline")
    assert explained(stated, channel="voice") == [
        "60 s = 1 started minute × 3 (France, landline as stated by the sender; "
        "card Standard, from 1 Jan 2020) = 3"
    ]


def test_the_card_is_the_one_that_priced_it_whatever_came_later():
    make_card()
    make_card([("MX", "mobile", "text", 8)], series="Standard", effective_on=dt.date(2026, 6, 10))
    make_card([("MX", "mobile", "text", 9)], effective_on=dt.date(2026, 6, 20))
    early = text(MEXICO, sent_at=NOON - dt.timedelta(days=10))
    assert explained(early, text(MEXICO)) == [
        "1 text × 7 (Mexico, mobile; card Standard, from 1 Jan 2020) = 7",
        "1 text × 8 (Mexico, mobile; card Standard, from 10 Jun 2026) = 8",
    ]


def test_a_refused_message_says_why():
    make_card()
    assert explained(text(IMPOSSIBLE), text(GERMANY), text(MEXICO), included=5) == [
        "Refused, costs nothing: Not a possible phone number.",
        "Refused, costs nothing: The rate card has no price for the destination.",
        "Refused, costs nothing: Not enough credits.",
    ]


def test_chat_is_told_with_its_kind_direction_and_card():
    make_card(chat_mms_credits=5)
    assert chat_explained(chat(), chat("inbound", has_image=True)) == [
        "1 SMS outbound (card Standard, from 1 Jan 2020) = 2",
        "1 MMS inbound (card Standard, from 1 Jan 2020) = 5",
    ]


def test_chat_without_any_card_is_told_by_the_standard_prices():
    assert chat_explained(chat(has_image=True)) == ["1 MMS outbound (the standard chat prices) = 4"]


def test_a_refused_chat_message_says_why():
    assert chat_explained(chat(), included=1) == ["Refused, costs nothing: Not enough credits."]


def test_a_card_is_named_by_its_series_and_its_first_day():
    card = make_card(series="Partners <Gold>", effective_on=dt.date(2026, 2, 3))
    assert card_name(card) == "Partners <Gold>, from 3 Feb 2026"


def test_many_explanations_need_no_query_of_their_own(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    make_card()
    location = make_location()
    charge_broadcast(location.pk, "text", [text(), text(FRANCE)], key=key(), at=NOON)
    kept = list(InternationalMessage.objects.select_related("rate__card__series"))
    with django_assert_num_queries(0):
        assert len({explain_international(message) for message in kept}) == 2


def test_the_figures_of_the_sentence_multiply_to_the_credits():
    make_card([], prefixes=[row(prefix="5", credits=7, first_seconds=1, following_seconds=1)])
    for sentence in explained(*(call(n) for n in range(1, 130)), channel="voice"):
        billed = int(sentence.split(" = ")[1].split(" s in")[0])
        total, *rounded = sentence.split(" = ")[-1].split(", ")
        assert int(total) == -(-billed * 7 // 60)
        assert rounded == (["rounded up"] if billed * 7 % 60 else [])


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        (MessagePayment(24, 0, 0, 1228), "paid from contract credits; balance 1,228 → 1,204"),
        (MessagePayment(0, 24, 0, 1228), "paid from purchased credits; balance 1,228 → 1,204"),
        (
            MessagePayment(1, 23, 0, 24),
            "paid from 1 contract credit and 23 purchased credits; balance 24 → 0",
        ),
        (
            MessagePayment(2, 1, 21, 3),
            "paid from 2 contract credits and 1 purchased credit, 21 owed; balance 3 → −21",
        ),
        (MessagePayment(4, 0, 20, 4), "paid from 4 contract credits, 20 owed; balance 4 → −20"),
        (MessagePayment(0, 4, 20, 4), "paid from 4 purchased credits, 20 owed; balance 4 → −20"),
        (MessagePayment(0, 0, 24, -1300), "owed: no credits were left; balance −1,300 → −1,324"),
    ],
)
def test_how_it_was_paid_is_told_after_the_price(payment: MessagePayment, said: str):
    assert explain_payment("2 × 12 = 24", payment) == f"2 × 12 = 24, {said}"


def capped(channel: str, *messages: InternationalRequest, held: int) -> list[str]:
    """What a charge's explanations are, told from the messages and by the API alike."""
    location = make_location()
    hold = holds.hold(
        location.pk, credits=held, over_rule="cap", seconds_to_live=600, key=key(), at=NOON
    ).hold
    answer = holds.settle(hold.pk, channel, messages, key=key(), at=NOON)
    kept = InternationalMessage.objects.select_related("rate__card__series")
    told = [explain_international(m) for m in kept.filter(charge=answer.charge_id)]
    explanations.clear_caches()
    said = [why.sentence for why in explanations.explain_broadcast(answer.charge_id).values()]
    assert sorted(said) == sorted(told)
    return told


def test_a_call_that_was_capped_at_its_hold_says_so():
    make_card()
    assert capped("voice", call(61), held=13) == [
        "61 s = 2 started minutes × 12 (Mexico, mobile; card Standard, from 1 Jan 2020) = 24,"
        " capped at the 13 that the hold had left"
    ]


def test_texts_that_a_hold_did_not_cover_say_what_it_had_left():
    make_card()
    priced = "1 text × 7 (Mexico, mobile; card Standard, from 1 Jan 2020) = 7"
    assert set(capped("text", text(), text(), text(), held=10)) == {
        priced,
        f"{priced}, capped at the 3 that the hold had left",
        f"{priced}, capped at the 0 that the hold had left",
    }


def test_what_a_hold_covered_is_not_called_capped():
    make_card()
    assert capped("voice", call(61), held=24) == [
        "61 s = 2 started minutes × 12 (Mexico, mobile; card Standard, from 1 Jan 2020) = 24"
    ]


def test_every_refusal_has_a_way_out():
    assert all(suggest_action(reason) for reason in Refusal.values)
    assert suggest_action("") == ""
