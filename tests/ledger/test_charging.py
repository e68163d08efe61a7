"""Charging: what goes, what is refused, which credits pay, and what the answer says."""

import datetime as dt
from dataclasses import replace

import pytest

from ledger import charging, funding
from ledger.models import Charge, ChatMessage, Entry, InternationalMessage, Kind
from ledger.posting import BadInput, ExternalIdTaken, KeyReused
from locations.terms import UnknownLocation
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

pytestmark = pytest.mark.django_db


def balance(location):
    location.balance.refresh_from_db()
    return location.balance.contract_credits, location.balance.purchased_credits


def send(location, *messages, channel="text", at=NOON, **options):
    options.setdefault("key", key())
    return charging.charge_broadcast(location.pk, channel, messages, at=at, **options)


def entries(location):
    usage = Entry.objects.for_location(location).exclude(kind=Kind.CONTRACT_GRANT)
    return [(e.kind, e.contract_delta, e.purchased_delta) for e in usage.order_by("number")]


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


def test_bad_numbers_unpriced_and_domestic_ones_cost_nothing_and_the_others_go_on():
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


def test_a_broadcast_that_does_not_fit_is_refused_whole_and_says_what_was_missing():
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


def test_calls_that_cost_nothing_go_even_where_nothing_is_left():
    make_card()
    location = make_location(included=0)
    assert send(location, call(0), channel="voice").outcome == "charged"


def test_the_same_key_returns_the_first_answer_and_charges_nothing():
    make_card()
    location = make_location()
    messages = text(), text(DOMESTIC), text(IMPOSSIBLE)
    first = send(location, *messages, key="k")
    again = send(location, *messages, key="k", at=NOON + dt.timedelta(days=1))
    assert again == replace(first, replayed=True)
    assert balance(location) == (993, 0)


def test_a_refusal_is_a_first_answer_too():
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


def test_an_external_id_that_was_refused_may_come_again():
    make_card()
    location = make_location(included=0)
    assert send(location, text(external_id="x")).outcome == "refused"
    funding.purchase(location.pk, 7, key=key(), at=NOON, reference="PO")
    assert send(location, text(external_id="x")).outcome == "charged"


def test_chat_costs_two_for_an_sms_and_four_for_an_mms_either_way():
    location = make_location()
    answer = charging.charge_chat(
        location.pk,
        [chat("outbound"), chat("inbound"), chat("outbound", has_image=True)],
        key=key(),
        at=NOON,
    )
    assert [message.credits for message in answer.messages] == [2, 2, 4]
    assert list(ChatMessage.objects.order_by("position").values_list("text_type", flat=True)) == [
        "sms",
        "sms",
        "mms",
    ]


def test_a_card_may_set_other_chat_prices():
    make_card(chat_sms_credits=1, chat_mms_credits=9)
    answer = charging.charge_chat(
        make_location().pk, [chat(), chat(has_image=True)], key=key(), at=NOON
    )
    assert [message.credits for message in answer.messages] == [1, 9]


def test_chat_is_judged_one_by_one_and_inbound_is_never_refused():
    location = make_location(included=3)
    answer = charging.charge_chat(
        location.pk,
        [chat("outbound"), chat("outbound"), chat("inbound"), chat("outbound"), chat("inbound")],
        key=key(),
        at=NOON,
    )
    assert [message.outcome for message in answer.messages] == [
        "charged",
        "refused",
        "charged",
        "refused",
        "charged",
    ]
    assert balance(location) == (0, -3)


def test_inbound_chat_goes_below_the_overdraft_limit_too():
    location = make_location(included=0, overdraft_limit=1)
    charging.charge_chat(location.pk, [chat("inbound"), chat("inbound")], key=key(), at=NOON)
    assert balance(location) == (0, -4)


def test_chat_of_several_days_makes_one_entry_a_day():
    location = make_location(time_zone="Pacific/Honolulu")
    messages = [
        chat(sent_at=NOON - dt.timedelta(days=2)),
        chat(sent_at=NOON - dt.timedelta(days=1)),
        chat(sent_at=NOON - dt.timedelta(days=2)),
    ]
    answer = charging.charge_chat(location.pk, messages, key=key(), at=NOON)
    days = Entry.objects.filter(charge=answer.charge_id).order_by("number")
    assert [(entry.day, entry.credits) for entry in days] == [
        (dt.date(2026, 6, 13), -4),
        (dt.date(2026, 6, 14), -2),
    ]


def test_a_day_is_the_locations_day():
    make_card()
    late_evening = dt.datetime(2026, 6, 16, 3, tzinfo=dt.UTC)
    location = make_location(time_zone="America/Chicago")
    send(location, text(sent_at=late_evening), at=late_evening)
    assert Entry.objects.for_location(location).latest("number").day == dt.date(2026, 6, 15)


def test_a_broadcast_over_midnight_stands_on_the_day_of_its_first_message():
    make_card()
    location = make_location()
    before = dt.datetime(2026, 6, 15, 23, 59, 58, tzinfo=dt.UTC)
    after = before + dt.timedelta(seconds=4)
    send(location, text(sent_at=after), text(sent_at=before), at=before)
    days = InternationalMessage.objects.values_list("day", flat=True)
    assert set(days) == {dt.date(2026, 6, 15)}


def test_late_usage_stands_on_its_day_within_the_term_and_on_today_before_it():
    make_card()
    location = make_location(starts_on=dt.date(2025, 6, 1))
    in_term = dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC)
    last_term = dt.datetime(2026, 5, 30, 12, tzinfo=dt.UTC)
    send(location, text(sent_at=in_term))
    send(location, text(sent_at=last_term))
    days = Entry.objects.for_location(location).filter(kind=Kind.INTERNATIONAL_TEXT)
    assert [entry.day for entry in days.order_by("number")] == [in_term.date(), NOON.date()]


def test_late_usage_is_priced_at_its_sent_date():
    make_card([("MX", "mobile", "text", 7)])
    make_card([("MX", "mobile", "text", 8)], effective_on=dt.date(2026, 6, 10))
    location = make_location()
    answer = send(location, text(sent_at=NOON - dt.timedelta(days=10)), text(sent_at=NOON))
    assert [message.credits for message in answer.messages] == [7, 8]


def test_a_clock_that_is_behind_cannot_reach_into_the_past_term():
    make_card()
    location = make_location(starts_on=dt.date(2025, 6, 15))
    midnight = dt.datetime(2026, 6, 15, tzinfo=dt.UTC)
    send(location, text(sent_at=midnight), at=midnight)
    behind = midnight - dt.timedelta(minutes=10)
    send(location, text(sent_at=behind), at=behind)
    assert Entry.objects.for_location(location).latest("number").day == midnight.date()


def test_the_stated_carrier_type_is_used_and_remembered():
    make_card()
    answer = send(make_location(), call(60, FRANCE, carrier_type="landline"), channel="voice")
    message = InternationalMessage.objects.get(charge=answer.charge_id)
    assert (message.credits, message.carrier_type, message.carrier_source) == (
        3,
        "landline",
        "caller",
    )


def test_a_contract_may_have_a_card_of_its_own():
    make_card()
    own = make_card([("MX", "mobile", "text", 2)], series="Acme", is_default=False)
    location = make_location(rate_card_series=own.series)
    assert send(location, text()).credits == 2


def test_a_location_without_a_contract_spends_what_it_bought():
    make_card()
    location = make_location(included=None)
    assert send(location, text()).refusal == "insufficient_credits"
    funding.purchase(location.pk, 10, key=key(), at=NOON, reference="PO")
    assert send(location, text()).credits == 7
    assert balance(location) == (0, 3)


@pytest.mark.parametrize(
    ("messages", "options", "field"),
    [
        ([], {}, "messages"),
        ([text(external_id="")], {}, "messages[0].external_id"),
        ([text(external_id="a"), text(external_id="a")], {}, "messages[1].external_id"),
        ([text(external_id="a\x00")], {}, "messages[0].external_id"),
        ([text(external_id="\ud800")], {}, "messages[0].external_id"),
        ([text(phone="")], {}, "messages[0].phone"),
        ([text(phone="+" + "1" * 40)], {}, "messages[0].phone"),
        ([text(seconds=3)], {}, "messages[0].seconds"),
        ([text(carrier_type="satellite")], {}, "messages[0].carrier_type"),
        ([text(sent_at=NOON.replace(tzinfo=None))], {}, "messages[0].sent_at"),
        ([text(sent_at=NOON + dt.timedelta(days=1))], {}, "messages[0].sent_at"),
        ([text(sent_at=dt.datetime(1999, 1, 1, tzinfo=dt.UTC))], {}, "messages[0].sent_at"),
        ([text(status="x" * 41)], {}, "messages[0].status"),
        ([text(profile={"City": "\x00"})], {}, "messages[0].profile.City"),
        ([text()], {"key": ""}, "key"),
        ([text()], {"key": "k" * 256}, "key"),
        ([text()], {"on_insufficient": "pray"}, "on_insufficient"),
        ([text()], {"channel": "fax"}, "channel"),
        ([text()], {"channel": "voice"}, "messages[0].seconds"),
        ([call(-1)], {"channel": "voice"}, "messages[0].seconds"),
        ([call(10**9)], {"channel": "voice"}, "messages[0].seconds"),
    ],
)
def test_a_malformed_broadcast_names_its_field_and_uses_no_key(messages, options, field):
    make_card()
    location = make_location()
    with pytest.raises(BadInput) as refusal:
        send(location, *messages, **{"key": "k"} | options)
    assert refusal.value.field == field
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (chat("sideways"), "messages[0].direction"),
        (chat(inbox=""), "messages[0].inbox"),
        (chat(content="\x00"), "messages[0].content"),
        (chat(content="x" * 20_001), "messages[0].content"),
    ],
)
def test_a_malformed_chat_names_its_field(message, field):
    with pytest.raises(BadInput) as refusal:
        charging.charge_chat(make_location().pk, [message], key=key(), at=NOON)
    assert refusal.value.field == field


def test_an_unknown_location_is_an_error():
    with pytest.raises(UnknownLocation):
        charging.charge_broadcast(987654321, "text", [text()], key=key(), at=NOON)


def test_a_broadcast_is_one_round_trip(django_assert_num_queries, monkeypatch):
    from ledger import posting

    make_card()
    location = make_location()
    send(location, text())
    calls = []
    call_ = posting._call
    monkeypatch.setattr(posting, "_call", lambda *a: calls.append(a) or call_(*a))
    with django_assert_num_queries(0):
        answer = send(location, *[text() for _ in range(100)])
    assert (len(calls), answer.credits) == (1, 700)
