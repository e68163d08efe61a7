"""Charging chat, and on which day and at which price a message counts."""

import datetime as dt

import pytest

from ledger.engine import charging, funding
from ledger.models import ChatMessage, Entry, EntryKind, InternationalMessage
from tests.factories import (
    FRANCE,
    NOON,
    call,
    chat,
    key,
    make_card,
    make_location,
    text,
)
from tests.ledger.sending import balance, send

pytestmark = pytest.mark.django_db


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


def test_broadcast_over_midnight_counts_on_the_day_of_its_first_message():
    make_card()
    location = make_location()
    before = dt.datetime(2026, 6, 15, 23, 59, 58, tzinfo=dt.UTC)
    after = before + dt.timedelta(seconds=4)
    send(location, text(sent_at=after), text(sent_at=before), at=before)
    days = InternationalMessage.objects.values_list("day", flat=True)
    assert set(days) == {dt.date(2026, 6, 15)}


def test_late_usage_counts_on_its_day_within_the_term_else_on_today():
    make_card()
    location = make_location(starts_on=dt.date(2025, 6, 1))
    in_term = dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC)
    last_term = dt.datetime(2026, 5, 30, 12, tzinfo=dt.UTC)
    send(location, text(sent_at=in_term))
    send(location, text(sent_at=last_term))
    days = Entry.objects.for_location(location).filter(kind=EntryKind.INTERNATIONAL_TEXT)
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
