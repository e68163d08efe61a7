"""What happens at zero and at a renewal, told as it happens to a customer."""

import datetime as dt

import pytest

from ledger.models import ChatMessage, Entry, EntryKind
from ledger.reading.daily_usage import daily_usage
from locations.models import DebtAtRenewal
from tests.factories import make_contract
from tests.worked_examples.story import Story, at

pytestmark = pytest.mark.django_db


def kinds(story: Story, day: str) -> list[tuple[str, int]]:
    """What moved the balance on a day, in order."""
    entries = Entry.objects.filter(location=story.location, day=day).order_by("number")
    return [(entry.kind, entry.credits) for entry in entries]


# --- At zero ------------------------------------------------------------------------------------


def test_a_broadcast_that_does_not_fit_is_refused_whole():
    story = Story(included=20)
    answer = story.texts("A", "A", "A")
    assert (answer.outcome, answer.needed, answer.shortfall) == ("refused", 21, 1)
    assert [message.credits for message in answer.messages] == [0, 0, 0]
    assert story.available == 20


def test_or_it_sends_what_fits_in_the_order_given():
    story = Story(included=20)
    answer = story.texts("A", "A", "A", "B", send_what_fits=True)
    assert [message.refusal for message in answer.messages] == [
        "",
        "",
        "insufficient_credits",
        "",
    ]
    assert story.available == 0


def test_a_chat_message_that_arrives_is_charged_even_at_zero():
    story = Story(included=3)
    story.chats("inbound", times=3)
    assert story.buckets == (0, -3)


def test_a_chat_message_that_does_not_fit_is_not_sent_and_the_others_are():
    story = Story(included=4)
    answer = story.chats("outbound", times=3)
    assert [message.outcome for message in answer.messages] == ["charged", "charged", "refused"]
    kept = ChatMessage.objects.filter(outcome="refused").values_list("credits", "refusal")
    assert list(kept) == [(0, "insufficient_credits")]  # a message does not vanish


def test_an_overdraft_lets_messages_go_out_down_to_its_limit():
    story = Story(included=10, overdraft_limit=12)
    assert [story.texts("A").outcome for _ in range(4)] == [
        "charged",
        "charged",
        "charged",
        "refused",
    ]
    assert story.buckets == (0, -11)


def test_the_next_purchase_pays_the_overdraft_first():
    story = Story(included=0, overdraft_limit=100)
    story.calls("B", 60)
    assert story.available == -29
    story.buys(100)
    assert story.buckets == (0, 71)


def test_a_purchase_smaller_than_the_overdraft_leaves_the_rest_of_it():
    story = Story(included=0)
    story.chats("inbound", times=10)
    story.buys(15)
    assert story.available == -5


# --- A renewal ----------------------------------------------------------------------------------


def test_the_renewal_shows_what_lapsed_and_what_came_in():
    story = Story(included=1000)
    story.texts(*["A"] * 50)
    assert story.available_on("2027-01-01") == 1000
    assert kinds(story, "2027-01-01") == [("contract_expiry", -650), ("contract_grant", 1000)]


def test_an_overdraft_is_written_off_at_the_renewal():
    """So that the balance is the included amount again, as the help page says."""
    story = Story(included=10)
    story.chats("inbound", times=8)
    assert story.available == -6
    assert story.available_on("2027-01-01") == 10
    assert kinds(story, "2027-01-01") == [("contract_grant", 10), ("write_off", 6)]


def test_a_contract_that_carries_debt_shows_it_after_the_renewal():
    story = Story(included=10, debt_at_renewal=DebtAtRenewal.CARRY)
    story.chats("inbound", times=8)
    assert story.buckets_on("2027-01-01") == (10, -6)
    assert story.available_on("2027-01-01") == 4


def test_missed_renewals_are_made_up_in_order_each_on_its_own_day():
    story = Story(included=100, term_months=6)
    story.texts("A", on="2026-02-01")
    assert story.available_on("2027-08-15") == 100
    grants = Entry.objects.filter(location=story.location, kind=EntryKind.CONTRACT_GRANT)
    assert [str(entry.day) for entry in grants.order_by("number")] == [
        "2026-01-01",
        "2026-07-01",
        "2027-01-01",
        "2027-07-01",
    ]
    assert kinds(story, "2026-07-01") == [("contract_expiry", -93), ("contract_grant", 100)]


def test_a_contract_signed_on_29_february_renews_on_the_28th_and_in_leap_years_on_the_29th():
    story = Story(included=100, starts_on=dt.date(2024, 2, 29))
    story.available_on("2028-12-31")
    grants = Entry.objects.filter(location=story.location, kind=EntryKind.CONTRACT_GRANT)
    assert [str(entry.day) for entry in grants.order_by("number")] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


def test_the_renewal_comes_at_midnight_of_the_location():
    story = Story(included=100, time_zone="America/Chicago")
    story.texts("A", sent_at=at("2026-06-15"))
    before, after = at("2027-01-01 05:59"), at("2027-01-01 06:00")
    assert story.texts("A", sent_at=before).contract_after == 100 - 7 - 7
    assert story.texts("A", sent_at=after).contract_after == 100 - 7


def test_a_new_contract_takes_over_on_its_first_day():
    story = Story(included=1000)
    make_contract(story.location, starts_on=dt.date(2026, 9, 1), included_credits=300)
    assert story.available_on("2026-08-31") == 1000
    assert story.available_on("2026-09-01") == 300
    assert story.available_on("2027-09-01") == 300


def test_a_contract_that_ends_leaves_the_purchased_credits():
    story = Story(included=1000, ends_on=dt.date(2026, 9, 1))
    story.buys(500)
    assert story.available_on("2026-08-31") == 1500
    assert story.available_on("2026-09-01") == 500
    assert kinds(story, "2026-09-01") == [("contract_expiry", -1000)]


def test_without_a_contract_a_location_buys_and_spends():
    story = Story(included=None)
    assert story.texts("A").refusal == "insufficient_credits"
    story.buys(20)
    assert story.texts("A").outcome == "charged"
    assert story.buckets_on("2030-01-01") == (0, 13)


# --- Late news ----------------------------------------------------------------------------------


def days(story: Story) -> dict[str, int]:
    """What was used on each day of the daily table."""
    return {str(row.day): row.moved.usage for row in daily_usage(story.location).rows}


def test_what_is_reported_late_counts_on_the_day_it_was_sent():
    story = Story(included=100)
    story.texts("A", on="2026-06-10", reported_on="2026-06-15")
    assert days(story) == {"2026-01-01": 0, "2026-06-10": -7}


def test_but_a_past_term_never_changes():
    """What was sent before the renewal and is reported after it counts on the day it came in."""
    story = Story(included=100)
    story.texts("A", on="2026-12-01")
    assert story.available_on("2027-01-02") == 100
    story.texts("B", on="2026-12-24", reported_on="2027-01-02")
    assert days(story) == {"2026-01-01": 0, "2026-12-01": -7, "2027-01-01": 0, "2027-01-02": -6}
    assert story.buckets_on("2027-01-02") == (94, 0)
