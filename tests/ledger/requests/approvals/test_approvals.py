"""Entries above the limit need approval by a second person."""

import uuid
from typing import Any

import pytest

from ledger.engine import charging, funding
from ledger.engine.funding import NotEnoughCredits, NothingToWriteOff
from ledger.engine.posting import BadInput, KeyReused
from ledger.engine.reversals import NothingToReverse
from ledger.models import ApprovalRequest, Entry, EntryKind
from ledger.requests import approvals, correction_requests, credit_requests
from ledger.requests.approvals import ManualEntry
from ledger.requests.decisions import AlreadyDecided, OwnRequest
from ledger.verification.verify import breaches
from locations.models import Location, User
from tests.factories import NOON, chat, key, text
from tests.ledger.models.attacks import refused, sql
from tests.ledger.requests.approvals.request_cases import (
    LATER,
    adjustment,
    ask,
    buckets,
    by_hand,
    want,
)


def test_up_to_the_limit_one_person_posts_alone(soho: Location, ada: User):
    entry = want(soho, adjustment(10), ada).entry
    assert entry is not None
    assert (entry.credits, entry.created_by, entry.approved_by) == (10, ada, None)
    assert not ApprovalRequest.objects.exists()


@pytest.mark.parametrize("credits", [11, -11])
def test_above_the_limit_nothing_is_posted_until_approved(
    soho: Location, ada: User, bob: User, credits: int
):
    funding.purchase(soho.pk, 50, key=key(), at=NOON, reference="PO")
    asked = ask(soho, adjustment(credits, reference="T-1"), ada)
    assert (asked.state, asked.credits, asked.requested_by) == ("open", credits, ada)
    assert buckets(soho) == (100, 50)
    done = approvals.approve(asked.pk, decided_by=bob, at=LATER, answer=" Fine ")
    entry = done.entry
    assert entry is not None
    assert (entry.created_by, entry.approved_by, entry.at) == (ada, bob, LATER)
    assert (entry.credits, entry.reason, entry.reference) == (credits, "Miscount", "T-1")
    assert (done.state, done.decided_by, done.answer) == ("approved", bob, "Fine")
    assert buckets(soho) == (100, 50 + credits)
    assert list(breaches()) == []


def test_own_request_cannot_be_approved(soho: Location, ada: User):
    asked = ask(soho, adjustment(11), ada)
    with pytest.raises(OwnRequest, match="somebody else"):
        approvals.approve(asked.pk, decided_by=ada, at=LATER)
    assert ApprovalRequest.objects.get().state == "open"
    assert by_hand() == []


def test_request_can_be_declined_and_withdrawn_by_its_requester(
    soho: Location, ada: User, bob: User
):
    first, second = ask(soho, adjustment(11), ada), ask(soho, adjustment(12), ada)
    with pytest.raises(BadInput, match="answer: must not be empty"):
        approvals.decline(first.pk, decided_by=bob, at=LATER, answer="  ")
    done = approvals.decline(first.pk, decided_by=bob, at=LATER, answer="No ticket")
    assert (done.state, done.answer, done.entry) == ("declined", "No ticket", None)
    approvals.decline(second.pk, decided_by=ada, at=LATER, answer="A slip")
    with pytest.raises(AlreadyDecided, match="declined already"):
        approvals.approve(first.pk, decided_by=bob, at=LATER)
    assert by_hand() == []
    assert list(breaches()) == []


def test_form_sent_twice_creates_one_request(soho: Location, ada: User, bob: User):
    first = want(soho, adjustment(11), ada, key="form")
    again = want(soho, adjustment(11), ada, key="form")
    assert (first.replayed, again.replayed, again.pending) == (False, True, first.pending)
    with pytest.raises(KeyReused):
        want(soho, adjustment(12), ada, key="form")
    approvals.approve(ApprovalRequest.objects.get().pk, decided_by=bob, at=LATER)
    late = want(soho, adjustment(11), ada, key="form")
    assert (late.replayed, late.entry) == (True, Entry.objects.get(key="form"))
    assert by_hand() == [("adjustment", 0, 11)]


def test_requested_form_is_not_posted_when_the_limit_is_raised(
    soho: Location, ada: User, settings: Any
):
    ask(soho, adjustment(11), ada, key="form")
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 1000
    assert want(soho, adjustment(11), ada, key="form").pending is not None
    assert by_hand() == []


def test_entry_that_cannot_be_posted_is_not_requested(soho: Location, ada: User):
    with pytest.raises(NotEnoughCredits):
        want(soho, adjustment(-11), ada)
    with pytest.raises(NothingToWriteOff):
        want(soho, ManualEntry(kind=EntryKind.WRITE_OFF, reason="Goodwill"), ada)
    with pytest.raises(BadInput, match="reason"):
        want(soho, ManualEntry(kind=EntryKind.ADJUSTMENT, credits=50), ada)
    assert not ApprovalRequest.objects.exists()


def test_request_that_cannot_be_posted_any_more_stays_open(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(-90, bucket="contract"), ada)
    want(soho, adjustment(-10, bucket="contract"), ada)
    want(soho, adjustment(-10, bucket="contract"), ada)
    with pytest.raises(NotEnoughCredits):
        approvals.approve(asked.pk, decided_by=bob, at=LATER)
    assert ApprovalRequest.objects.get().state == "open"


def test_purchases_and_reversals_need_approval(soho: Location, ada: User, bob: User):
    spent = charging.charge_broadcast(
        soho.pk, "text", [text(external_id="a"), text(external_id="b")], key=key(), at=NOON
    )
    whole = ManualEntry(
        kind=EntryKind.REVERSAL, charge_id=spent.charge_id, reason="Outage", reference="T-2"
    )
    one = ManualEntry(
        kind=EntryKind.REVERSAL, charge_id=spent.charge_id, external_id="b", reason="Never arrived"
    )
    bought = ManualEntry(kind=EntryKind.PURCHASE, credits=500, reference="INV-1")
    waits = ask(soho, whole, ada)
    assert (waits.credits, waits.kind) == (14, "reversal")
    assert want(soho, one, ada).entry is not None  # 7 credits: one person's to give
    approvals.approve(ask(soho, bought, ada).pk, decided_by=bob, at=LATER)
    done = approvals.approve(waits.pk, decided_by=bob, at=LATER)
    entry = done.entry
    assert entry is not None
    # What was left of the charge when it was approved.
    assert (entry.credits, entry.reference, entry.approved_by) == (7, "T-2", bob)
    with pytest.raises(NothingToReverse):
        want(soho, whole, ada)
    assert buckets(soho) == (100, 500)
    assert list(breaches()) == []


def test_manager_cannot_grant_own_request_as_staff(soho: Location, ada: User, bob: User):
    asked = credit_requests.request_credits(
        soho.pk, credits=99_999, reference="PO", form_key=uuid.uuid4(), requested_by=ada, at=NOON
    )
    with pytest.raises(OwnRequest):
        credit_requests.approve(asked.pk, decided_by=ada, at=LATER)
    with refused("credit_request_by_somebody_else"):
        bought = funding.purchase(soho.pk, 99_999, key=key(), at=NOON, reference="PO")
        sql(
            "UPDATE ledger_creditrequest SET state = 'approved', decided_by_id = requested_by_id,"
            " decided_at = requested_at, purchase_id = %s",
            bought.entry.pk,
        )
    spent = charging.charge_chat(soho.pk, [chat("inbound")], key=key(), at=NOON)
    wish = correction_requests.request_correction(
        soho.pk, spent.charge_id, reason="Spam", requested_by=ada, at=NOON
    )
    with pytest.raises(OwnRequest):
        correction_requests.grant(wish.pk, decided_by=ada, at=LATER)
    correction_requests.grant(wish.pk, decided_by=bob, at=LATER)
