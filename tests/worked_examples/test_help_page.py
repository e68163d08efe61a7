"""The help page's own examples, figure for figure. Each test quotes the sentence it proves."""

import datetime as dt

import pytest

from ledger.models import Balance, ChatMessage, InternationalMessage
from ledger.reading.daily_usage import daily_usage
from locations.models import Location
from tests.worked_examples.story import Story, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    """A location with 1,000 credits a year from 1 January 2026, at the help page's prices."""
    return Story(included=1000)


# --- International Credits ----------------------------------------------------------------------
# "Country A: 7 credits per text message, 12 credits per minute of a voice call"
# "Country B: 6 credits per text message, 29 credits per minute of a voice call"


def test_a_text_to_country_a_uses_7_credits(story: Story):
    story.texts("A")
    assert story.available == 1000 - 7


def test_a_text_to_country_b_uses_6_credits(story: Story):
    story.texts("B")
    assert story.available == 1000 - 6


def test_a_broadcast_to_three_people_in_country_a_and_two_in_b_uses_33_credits(story: Story):
    answer = story.texts("A", "B", "A", "B", "A")
    assert [message.credits for message in answer.messages] == [7, 6, 7, 6, 7]
    assert story.available == 1000 - 33


@pytest.mark.parametrize(
    ("country", "seconds", "credits"),
    [
        ("A", 1, 12),
        ("A", 60, 12),
        ("A", 61, 24),  # a second minute has started
        ("A", 3 * 60, 36),
        ("B", 59, 29),
        ("B", 60, 29),
        ("B", 61, 58),
        ("B", 10 * 60, 290),
    ],
)
def test_a_call_uses_credits_for_every_started_minute(
    story: Story, country: str, seconds: int, credits: int
):
    story.calls(country, seconds)
    assert story.available == 1000 - credits


def test_a_call_that_nobody_answered_uses_no_credits(story: Story):
    story.calls("A", 0)
    assert story.available == 1000


def test_a_message_to_a_us_number_is_part_of_the_plan(story: Story):
    # "Text messages and voice calls sent to non-U.S. phone numbers require credits"
    story.texts("US")
    story.calls("US", 600)
    assert story.available == 1000


def test_a_landline_costs_what_landlines_cost(story: Story):
    # "The credit cost varies by … Carrier (e.g., mobile vs. landline)"
    story.calls("B", 60)
    story.calls("B landline", 60)
    assert story.available == 1000 - 29 - 3


# --- Chat Credits -------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["outbound", "inbound"])
def test_an_sms_sent_or_received_via_chat_uses_2_credits(story: Story, direction: str):
    # "Each SMS text message sent or received via chat requires 2 credits."
    story.chats(direction)
    assert story.available == 1000 - 2


@pytest.mark.parametrize("direction", ["outbound", "inbound"])
def test_an_mms_sent_or_received_via_chat_uses_4_credits(story: Story, direction: str):
    # "Each MMS text message sent or received via chat requires 4 credits."
    story.chats(direction, has_image=True)
    assert story.available == 1000 - 4


def test_a_chat_message_with_an_image_is_an_mms(story: Story):
    # "Chat messages are sent via MMS when image files are included in the text message."
    story.chats("outbound")
    story.chats("outbound", has_image=True)
    types = ChatMessage.objects.order_by("pk").values_list("text_type", "credits")
    assert list(types) == [("sms", 2), ("mms", 4)]


def test_chat_with_a_us_number_uses_credits_too(story: Story):
    # "Credits are used for … International Messaging … [and] Chats"
    story.chats("inbound")
    assert ChatMessage.objects.get().phone.startswith("+1")
    assert story.available == 1000 - 2


# --- Contract Credits ---------------------------------------------------------------------------


def test_the_same_credits_are_used_for_both(story: Story):
    # "These credits are used for both: International messaging [and] Chat messaging"
    story.texts("A")
    story.calls("B", 61)
    story.chats("outbound", has_image=True)
    assert story.available == 1000 - 7 - 58 - 4


def test_on_renewal_the_balance_resets_to_the_included_amount(story: Story):
    # "On your contract renewal date, the credit balance resets to your included plan amount."
    story.texts("A")
    assert story.available_on("2026-12-31") == 993
    assert story.available_on("2027-01-01") == 1000


def test_unused_credits_are_not_carried_over(story: Story):
    assert [story.available_on(f"{year}-01-01") for year in (2027, 2028, 2029)] == [1000] * 3


def test_purchased_credits_do_not_expire_upon_renewal(story: Story):
    # "Purchased credits do not expire upon renewal."
    story.buys(500)
    assert story.available == 1500
    assert story.available_on("2027-01-01") == 1500
    assert story.available_on("2030-01-01") == 1500


def test_contract_credits_are_used_before_purchased_ones(story: Story):
    """They lapse first, so they go first: what was bought is still there after the renewal."""
    story.buys(500)
    story.texts(*["A"] * 100)
    assert story.buckets == (300, 500)
    assert story.available_on("2027-01-01") == 1500


def test_purchased_credits_that_were_used_do_not_come_back(story: Story):
    story.buys(500)
    story.texts(*["A"] * 200)
    assert story.buckets == (0, 100)
    assert story.available_on("2027-01-01") == 1100


def test_additional_credits_can_be_purchased_when_you_run_low(story: Story):
    # "If you run low, additional credits can be purchased."
    story.texts(*["A"] * 142)
    assert story.available == 6
    refused = story.texts("A")
    assert (refused.outcome, refused.refusal) == ("refused", "insufficient_credits")
    assert (refused.needed, refused.shortfall) == (7, 1)
    story.buys(200)
    assert story.texts("A").outcome == "charged"
    assert story.available == 199


# --- Credit Usage -------------------------------------------------------------------------------


def test_the_available_balance_is_the_total_minus_what_was_used(story: Story):
    # "… calculated as your total credits minus those already used …"
    story.buys(500)
    story.texts("A", "B")
    story.calls("A", 90)
    story.chats("inbound")
    used = sum(message.credits for message in InternationalMessage.objects.all())
    used += sum(message.credits for message in ChatMessage.objects.all())
    assert used == 7 + 6 + 24 + 2
    assert story.available == 1000 + 500 - used


def test_a_table_of_daily_usage_or_additions(story: Story):
    story.texts("A", "B", on="2026-03-02")
    story.calls("B", 61, on="2026-03-02")
    story.chats("inbound", on="2026-03-03")
    story.buys(500, on="2026-03-04")
    table = [
        (f"{row.day:%-d %b}", row.moved.additions, row.moved.usage, row.closing)
        for row in daily_usage(story.location).rows
    ]
    assert table == [
        ("1 Jan", 1000, 0, 1000),
        ("2 Mar", 0, -71, 929),
        ("3 Mar", 0, -2, 927),
        ("4 Mar", 500, 0, 1427),
    ]


def test_a_location_has_its_own_credits(story: Story):
    # "Your RedFlag location is assigned a set number of credits based on your contract."
    other = Story(included=50, account=story.location.account)
    story.texts("A")
    assert (story.available, other.available) == (993, 50)
    assert Location.objects.count() == Balance.objects.count() == 2


def test_the_day_is_the_locations_own():
    honolulu = Story(included=1000, time_zone="Pacific/Honolulu")
    honolulu.texts("A", sent_at=at("2026-03-02 09:59"))
    honolulu.texts("B", sent_at=at("2026-03-02 10:00"))
    days = [row.day for row in daily_usage(honolulu.location).rows if row.moved.usage]
    assert days == [dt.date(2026, 3, 1), dt.date(2026, 3, 2)]
