"""The examples of docs/domain.md, rule by rule."""

import datetime as dt

import pytest

from ledger.engine import rating
from ledger.engine.reversals import reverse
from ledger.models import Charge
from locations.models import DebtAtRenewal
from tests import factories
from tests.worked_examples.story import Story, at

pytestmark = pytest.mark.django_db


def reverse_last_charge(story: Story, on: str) -> int:
    """Returns the contract credits that did not come back."""
    charge = Charge.objects.latest("pk")
    key = factories.key()
    reversal = reverse(story.location.pk, charge.pk, key=key, at=at(on), reason="Sent in error")
    return reversal.entry.lapsed_credits


def test_rule_4_late_message_costs_the_price_of_its_sent_date():
    factories.make_card([("FR", "mobile", "text", 7)], effective_on=dt.date(2026, 1, 1))
    factories.make_card([("FR", "mobile", "text", 8)], effective_on=dt.date(2026, 6, 1))
    story = Story()
    late = story.texts("B", sent_at=at("2026-05-31"), reported_on="2026-06-02")
    on_time = story.texts("B", on="2026-06-02")
    assert [late.messages[0].credits, on_time.messages[0].credits] == [7, 8]


@pytest.mark.parametrize(
    ("seconds", "increments", "billed", "credits"),
    [(60, (60, 60), 60, 12), (61, (60, 60), 120, 24), (61, (30, 6), 66, 14)],
)
def test_rule_5_call_is_billed_by_increments_and_rounded_up_once(
    seconds: int, increments: tuple[int, int], billed: int, credits: int
):
    first, following = increments
    assert rating.billed_seconds(seconds, first=first, following=following) == billed
    assert rating.call_credits(billed, 12) == credits


def test_rule_6_contract_credits_go_first_then_purchased_then_overdraft():
    story = Story(included=5, overdraft_limit=10)
    story.buys(3)
    story.calls("A", 60)
    assert story.buckets == (0, -4)
    story.buys(50)
    assert story.buckets == (0, 46)


def test_rule_12_reversal_gives_back_to_the_buckets_that_paid():
    story = Story(included=5)
    story.buys(7)
    story.calls("A", 60)
    assert story.buckets == (0, 0)
    assert reverse_last_charge(story, on="2026-06-16") == 0
    assert story.buckets == (5, 7)


def test_rule_12_expired_contract_credits_do_not_come_back():
    story = Story(included=5)
    story.buys(7)
    story.calls("A", 60)
    assert reverse_last_charge(story, on="2027-01-02") == 5
    assert story.buckets_on("2027-01-02") == (5, 7)


def test_rule_14_purchased_credits_survive_the_renewal():
    story = Story(included=1000)
    story.buys(500)
    story.texts(*["A"] * 100)
    assert story.buckets == (300, 500)
    assert story.buckets_on("2027-01-01") == (1000, 500)


@pytest.mark.parametrize(
    ("debt", "purchased"), [(DebtAtRenewal.WRITE_OFF, 0), (DebtAtRenewal.CARRY, -40)]
)
def test_rule_14_debt_is_written_off_or_carried_over(debt: DebtAtRenewal, purchased: int):
    story = Story(included=1000, debt_at_renewal=debt)
    story.texts(*["A"] * 142, "B")
    story.chats("inbound", times=20)
    assert story.buckets == (0, -40)
    assert story.buckets_on("2027-01-01") == (1000, purchased)
