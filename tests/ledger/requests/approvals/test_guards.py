"""Database guards of approval requests."""

from typing import Any

import pytest

from ledger.engine import funding, renewals
from ledger.models import ApprovalRequest
from ledger.requests import approvals
from ledger.verification.verify import breaches
from locations.models import Location, User
from tests.factories import NOON
from tests.ledger.models.attacks import add_entry, refused, sql
from tests.ledger.requests.approvals.request_cases import LATER, adjustment, ask
from tests.ledger.verification.corruptions import corrupt, drop_constraint


def test_database_refuses_approval_by_the_requester(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(11), ada, key="form")
    entry = funding.adjust(
        soho.pk, 11, key="form", at=NOON, reason="Miscount", created_by=ada, approved_by=bob
    ).entry
    decision = {"state": "approved", "decided_at": LATER, "entry": entry}
    with refused("approval_"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(decided_by=ada, **decision)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused("approval_by_a_second_person"):
        sql("ALTER TABLE ledger_approvalrequest DISABLE TRIGGER USER")
        ApprovalRequest.objects.filter(pk=asked.pk).update(decided_by=ada, **decision)
    ApprovalRequest.objects.filter(pk=asked.pk).update(decided_by=bob, **decision)


def test_database_refuses_entry_approved_by_its_creator(soho: Location, ada: User):
    renewals.renew(soho.pk, at=NOON)
    with refused("entry_approved_by_a_second_person"):
        add_entry(soho, created_by_id=ada.pk, approved_by_id=ada.pk)
    with refused("entry_approved_by_a_second_person"):
        add_entry(soho, approved_by_id=ada.pk)


@pytest.mark.parametrize(
    "change",
    [{"credits": 12}, {"key": "other"}, {"bucket": "contract"}, {"reason": "Other"}],
)
def test_only_the_decision_of_a_request_can_change(
    soho: Location, ada: User, bob: User, change: dict[str, Any]
):
    asked = ask(soho, adjustment(11), ada)
    with refused("approval_only_decided"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(**change)
    approvals.approve(asked.pk, decided_by=bob, at=LATER)
    with refused("approval_decided_once"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(answer="Changed my mind")
    with refused("approval_is_kept"):
        sql("DELETE FROM ledger_approvalrequest")
    with refused("ledger_approvalrequest"):
        sql("TRUNCATE ledger_approvalrequest")


def test_approval_names_the_requested_entry(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(11), ada, key="form")
    other = funding.adjust(
        soho.pk, 12, key="form", at=NOON, reason="Miscount", created_by=ada, approved_by=bob
    ).entry
    with refused("approval_posted_that"):
        ApprovalRequest.objects.filter(pk=asked.pk).update(
            state="approved", decided_by=bob, decided_at=LATER, entry=other
        )


def test_verify_ledger_finds_rows_that_bypassed_the_guards(soho: Location, ada: User, bob: User):
    asked = ask(soho, adjustment(11), ada)
    approvals.approve(asked.pk, decided_by=bob, at=LATER)
    name = "what two people approved is what one of them asked for"
    corrupt(
        drop_constraint("ledger_entry", "entry_approved_by_a_second_person"),
        "UPDATE ledger_entry SET approved_by_id = created_by_id WHERE approved_by_id IS NOT NULL",
    )
    found = {(breach.rule, breach.check, breach.location_id) for breach in breaches()}
    assert found == {(3, name, soho.pk), (7, "every guard is in place", None)}
