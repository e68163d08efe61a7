"""Postings, requests, approvals and renewals in the audit log."""

import datetime as dt
import uuid

from django.test import Client
from django.utils import timezone

from ledger.engine import charging
from ledger.models import ApiToken, ApprovalRequest, Bundle, ChatMessage, CreditRequest, Entry
from ledger.requests import credit_requests
from locations.models import User
from tests.factories import NOON, chat, key, make_card, make_location, make_member, make_user
from tests.redflag_credits.audit_log.actions import entries, newest, page, post, summaries


def test_credit_requests_tokens_and_viewed_messages_are_logged(desk: Client, jude: User):
    make_card()
    soho = make_location(name="Soho")
    manager = make_member(soho, full_name="Mia")
    fund = {"key": uuid.uuid4(), "credits": "50", "reference": "PO-1", "_record": "1"}
    post(desk, "ledger_entry_purchase", soho.pk, **fund)
    entry = Entry.objects.get(reference="PO-1")
    assert newest()[:4] == ("Jude", "form", "posted", "Entry")
    said = {field: new for field, _, new in newest()[5]}
    assert (said["location"], said["kind"], said["reference"]) == ("Soho", "Purchase", "PO-1")
    assert said["made by"] == "Jude"
    # What is rehearsed has not been done.
    before = len(entries())
    rehearsed = {"key": uuid.uuid4(), "credits": "50", "reference": "PO-1"}
    assert desk.post(page("ledger_entry_purchase", soho.pk), rehearsed).status_code == 200
    assert Entry.objects.filter(reference="PO-1").get() == entry
    post(desk, "ledger_bundle_add", name="Small", credits="500", position="1", is_active="on")
    assert len(entries()) == before + 1

    ask = {"reference": "PO-2", "form_key": uuid.uuid4(), "requested_by": manager, "at": NOON}
    credit_requests.request_credits(soho.pk, bundle_id=Bundle.objects.get().pk, **ask)
    asked = CreditRequest.objects.get()
    post(desk, "ledger_creditrequest_decide", asked.pk, _approve="1", answer="Done")
    # A trigger writes down when its transaction began, code when it posted.
    acts = [(line.label, line.model.__name__) for line in entries()[:2]]
    assert acts == [("posted", "Entry"), ("changed", "CreditRequest")]
    decided = {field: (old, new) for field, old, new in entries()[1].changes}
    assert decided["state"] == ("Open", "Approved")
    assert decided["decided by"] == ("", "Jude")

    desk.post(page("ledger_apitoken_add"), {"name": "Platform", "scopes": ["read"]})
    token = ApiToken.objects.get()
    post(desk, "ledger_apitoken_changelist", action="revoke", _selected_action=token.pk)
    assert newest()[1:5] == ("action: revoke", "changed", "ApiToken", "Platform")
    assert [field for field, _, _ in newest()[5]] == ["revoked at"]

    charging.charge_chat(soho.pk, [chat()], key=key(), at=NOON)
    message = ChatMessage.objects.get()
    desk.get(page("ledger_chatmessage_change", message.pk))
    assert newest() == (
        "Jude", "page", "seen", "ChatMessage", str(message),
        [("location", "", "Soho"), ("external id", "", message.external_id)],
    )  # fmt: skip


def test_second_approval_is_logged_with_both_people(desk: Client, jude: User):
    make_card()
    soho = make_location(name="Soho")
    ask = {"key": uuid.uuid4(), "credits": "20000", "reason": "Outage", "bucket": "purchased"}
    post(desk, "ledger_entry_adjustment", soho.pk, **ask, _record="1")
    asked = ApprovalRequest.objects.get()
    assert newest()[:4] == ("Jude", "form", "added", "ApprovalRequest")
    said = {field: new for field, _, new in newest()[5]}
    assert (said["location"], said["credits"], said["asked by"]) == ("Soho", "20000", "Jude")

    kim = make_user("kim@example.org", full_name="Kim", is_staff=True, is_superuser=True)
    desk.force_login(kim)
    post(desk, "ledger_approvalrequest_decide", asked.pk, _approve="1", answer="")
    line = summaries(model="ledger.approvalrequest")[-1]
    assert line[:4] == ("Kim", "form", "changed", "ApprovalRequest")
    decided = {field: (old, new) for field, old, new in line[5]}
    assert decided["state"] == ("Open", "Approved")
    assert decided["decided by"] == ("", "Kim")
    assert [line[2:4] for line in summaries(target=soho) if line[0] == "Kim"] == [
        ("changed", "ApprovalRequest"),
        ("posted", "Entry"),
    ]


def test_renewal_by_hand_is_logged(desk: Client):
    make_card()
    last_year = timezone.now().date() - dt.timedelta(days=200)
    soho = make_location(name="Soho", starts_on=last_year)
    post(desk, "ledger_balance_renew", soho.pk)
    assert newest() == ("Jude", "form", "renewed by hand", "Location", "Soho", [])
    post(desk, "ledger_balance_renew", soho.pk)  # nothing was due: nothing was done
    assert [line[2] for line in summaries(model="locations.location")] == [
        "added",
        "renewed by hand",
    ]
