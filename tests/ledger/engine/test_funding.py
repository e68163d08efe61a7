"""Purchases and adjustments."""

import pytest

from ledger.engine import charging, funding, renewals
from ledger.engine.posting import BadInput, KeyReused
from ledger.models import Balance, Entry
from tests.factories import NOON, chat, key, make_location, make_user

pytestmark = pytest.mark.django_db


def balance(location):
    found = Balance.objects.get(location=location)
    return found.contract_credits, found.purchased_credits


def test_purchase_adds_to_the_purchased_bucket_with_creator_and_reason():
    location, user = make_location(), make_user()
    posted = funding.purchase(
        location.pk, 500, key=key(), at=NOON, reference="PO-7", reason="Storm", created_by=user
    )
    assert balance(location) == (1000, 500)
    entry = posted.entry
    assert (entry.kind, entry.reference, entry.reason, entry.created_by) == (
        "purchase",
        "PO-7",
        "Storm",
        user,
    )


def test_a_purchase_pays_a_debt_first():
    location = make_location(included=0)
    charging.charge_chat(location.pk, [chat("inbound")], key=key(), at=NOON)
    funding.purchase(location.pk, 10, key=key(), at=NOON, reference="PO")
    assert balance(location) == (0, 8)


def test_the_same_key_buys_once_and_other_content_is_an_error():
    location = make_location()
    first = funding.purchase(location.pk, 5, key="k", at=NOON, reference="PO")
    again = funding.purchase(location.pk, 5, key="k", at=NOON, reference="PO")
    assert (again.entry, again.replayed, first.replayed) == (first.entry, True, False)
    with pytest.raises(KeyReused):
        funding.purchase(location.pk, 6, key="k", at=NOON, reference="PO")
    with pytest.raises(KeyReused):
        funding.adjust(location.pk, 5, key="k", at=NOON, reason="PO")
    assert balance(location) == (1000, 5)


@pytest.mark.parametrize(
    ("bucket", "credits", "after"),
    [
        ("purchased", 30, (1000, 50)),
        ("purchased", -20, (1000, 0)),
        ("contract", 5, (1005, 20)),
        ("contract", -1000, (0, 20)),
    ],
)
def test_an_adjustment_moves_one_bucket(bucket, credits, after):
    location = make_location()
    funding.purchase(location.pk, 20, key=key(), at=NOON, reference="PO")
    funding.adjust(location.pk, credits, bucket=bucket, key=key(), at=NOON, reason="Miscount")
    assert balance(location) == after


@pytest.mark.parametrize(("bucket", "credits"), [("purchased", -21), ("contract", -1001)])
def test_an_adjustment_cannot_take_more_than_the_bucket_holds(bucket, credits):
    location = make_location()
    funding.purchase(location.pk, 20, key=key(), at=NOON, reference="PO")
    with pytest.raises(funding.NotEnoughCredits):
        funding.adjust(location.pk, credits, bucket=bucket, key="k", at=NOON, reason="Oops")
    assert balance(location) == (1000, 20)
    # What was refused has used up no key.
    assert not funding.adjust(location.pk, -1, key="k", at=NOON, reason="Less").replayed


def test_contract_credits_cannot_be_adjusted_without_a_contract():
    location = make_location(included=None)
    with pytest.raises(BadInput) as refusal:
        funding.adjust(location.pk, 5, bucket="contract", key=key(), at=NOON, reason="Gift")
    assert refusal.value.field == "bucket"


def test_a_purchase_renews_a_term_that_is_due_first():
    location = make_location(included=10)
    funding.purchase(location.pk, 5, key=key(), at=NOON, reference="PO")
    kinds = Entry.objects.for_location(location).order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["contract_grant", "purchase"]
    assert renewals.renew(location.pk, at=NOON) == []


@pytest.mark.parametrize("credits", [0, -5, 1.5, True, "5", 100_000_001])
def test_a_purchase_is_a_whole_positive_number(credits):
    with pytest.raises(BadInput) as refusal:
        funding.purchase(make_location().pk, credits, key=key(), at=NOON, reference="PO")
    assert refusal.value.field == "credits"
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "\x00"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reference": "x" * 121}, "reference"),
        ({"bucket": "sand"}, "bucket"),
        ({"key": ""}, "key"),
    ],
)
def test_a_malformed_adjustment_names_its_field(fields, field):
    request = {"key": key(), "at": NOON, "reason": "Miscount"} | fields
    with pytest.raises(BadInput) as refusal:
        funding.adjust(make_location().pk, 5, **request)
    assert refusal.value.field == field
