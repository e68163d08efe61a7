"""Credit requests of managers: approved or declined by staff."""

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ledger.engine import funding
from ledger.engine.posting import BadInput
from ledger.models import Balance, Bundle, CreditRequest, Entry
from ledger.requests import credit_requests
from ledger.requests.credit_requests import InvalidCreditRequest
from ledger.requests.decisions import AlreadyDecided
from ledger.verification.schema import missing_guards
from ledger.verification.verify import breaches, verify
from locations.models import Location, User
from tests.databases import Clone
from tests.factories import NOON, key, make_location, make_user
from tests.processes import race

LATER = NOON + dt.timedelta(hours=5)


@pytest.fixture
def soho(db: None) -> Location:
    return make_location(name="Soho", included=100)


def ask(location: Location, **options: Any) -> CreditRequest:
    options = {"reference": "PO-7", "at": NOON, "form_key": uuid.uuid4()} | options
    options.setdefault("requested_by", make_user(full_name="Mia Manager"))
    if "bundle_id" not in options:
        options.setdefault("credits", 500)
    return credit_requests.request_credits(location.pk, **options)


def total(location: Location) -> int:
    return Balance.objects.get(location=location).total


def test_approved_request_is_a_purchase_with_person_and_reason(soho: Location):
    ada = make_user(is_staff=True)
    asked = ask(soho, note="For the autumn fair")
    assert total(soho) == 100
    done = credit_requests.approve(asked.pk, decided_by=ada, at=LATER, answer="Invoice follows")
    assert total(soho) == 600
    assert (done.state, done.decided_by, done.decided_at) == ("approved", ada, LATER)
    entry = done.purchase
    assert entry is not None
    assert (entry.kind, entry.purchased_delta, entry.created_by) == ("purchase", 500, ada)
    assert entry.reference == "PO-7"
    assert entry.reason == f"Credit request {asked.pk} of Mia Manager: For the autumn fair"
    assert entry.key == f"credit-request-{asked.pk}"
    assert list(breaches()) == []


def test_a_bundle_is_bought_as_it_was_when_it_was_chosen(soho: Location):
    bundle = Bundle.objects.create(name="Small", credits=1000, price="EUR 90")
    asked = ask(soho, bundle_id=bundle.pk)
    Bundle.objects.update(credits=2000, price="EUR 200", is_active=False)
    credit_requests.approve(asked.pk, decided_by=make_user(), at=LATER)
    asked.refresh_from_db()
    assert (asked.credits, asked.price, total(soho)) == (1000, "EUR 90", 1100)
    with pytest.raises(InvalidCreditRequest, match="no longer offered"):
        ask(soho, bundle_id=bundle.pk)


def test_declined_request_posts_nothing_and_has_an_answer(soho: Location):
    ada = make_user()
    asked = ask(soho)
    done = credit_requests.decline(
        asked.pk, decided_by=ada, at=LATER, answer=" Order number unknown. "
    )
    assert (done.state, done.answer, done.decided_by) == ("declined", "Order number unknown.", ada)
    assert total(soho) == 100
    with pytest.raises(BadInput, match="answer: must not be empty"):
        credit_requests.decline(ask(soho).pk, decided_by=ada, at=LATER, answer=" ")


def test_a_request_is_decided_once(soho: Location):
    ada = make_user()
    asked = ask(soho)
    credit_requests.approve(asked.pk, decided_by=ada, at=LATER)
    with pytest.raises(AlreadyDecided, match="approved already"):
        credit_requests.approve(asked.pk, decided_by=ada, at=LATER)
    with pytest.raises(AlreadyDecided):
        credit_requests.decline(asked.pk, decided_by=ada, at=LATER, answer="No")
    assert total(soho) == 600


def test_form_sent_twice_creates_one_request(soho: Location):
    form_key = uuid.uuid4()
    first = ask(soho, form_key=form_key)
    assert ask(soho, form_key=form_key) == first
    assert CreditRequest.objects.count() == 1


def test_invalid_request_is_refused(soho: Location):
    for wrong in (
        {"reference": " "},
        {"reference": "x" * 121},
        {"reference": "\x00"},
        {"note": "x" * 301},
        {"credits": 0},
        {"credits": 100_000_001},
        {"credits": None},
    ):
        with pytest.raises(BadInput):
            ask(soho, **wrong)
    with pytest.raises(InvalidCreditRequest):
        ask(soho, bundle_id=0)
    assert not CreditRequest.objects.exists()


def test_a_location_has_a_limit_of_open_requests(soho: Location, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(credit_requests, "MAX_OPEN", 2)
    first = ask(soho)
    ask(soho)
    with pytest.raises(InvalidCreditRequest, match="2 requests of this location"):
        ask(soho)
    credit_requests.decline(first.pk, decided_by=make_user(), at=LATER, answer="No")
    ask(soho)


# --- The database's own guards ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ({"state": "approved"}, "credit_request_decided_has_who_and_when"),
        ({"state": "declined", "answer": "No"}, "credit_request_decided_has_who_and_when"),
        ({"answer": "Not yet decided"}, "credit_request_decided_has_who_and_when"),
        ({"credits": 1}, "credit_request_only_decided"),
        ({"reference": "another"}, "credit_request_only_decided"),
        ({"requested_at": LATER}, "credit_request_only_decided"),
    ],
)
def test_request_cannot_be_changed(soho: Location, change: dict[str, Any], guard: str):
    asked = ask(soho)
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        CreditRequest.objects.filter(pk=asked.pk).update(**change)
    assert guard in str(refusal.value) + str(refusal.value.__cause__.diag.context)


def test_a_request_is_met_by_a_purchase_of_its_credits_at_its_location(soho: Location):
    asked, ada = ask(soho), make_user()
    elsewhere = make_location()
    for location, credits in ((soho, 499), (elsewhere, 500)):
        bought = funding.purchase(location.pk, credits, key=key(), at=NOON, reference="PO-8")
        with pytest.raises(IntegrityError, match="purchase of its credits"), transaction.atomic():
            CreditRequest.objects.filter(pk=asked.pk).update(
                state="approved", decided_by=ada, decided_at=LATER, purchase=bought.entry
            )


def test_a_decided_request_stays_and_none_is_deleted(soho: Location):
    asked = ask(soho)
    credit_requests.decline(asked.pk, decided_by=make_user(), at=LATER, answer="No")
    rows = CreditRequest.objects.filter(pk=asked.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(answer="Yes")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows._raw_delete("default")
    assert rows.get().answer == "No"


def test_every_guard_is_there_after_the_migration(soho: Location):
    assert list(missing_guards()) == []


def try_to_approve(request_id: int, user_id: int) -> None:
    credit_requests.approve(request_id, decided_by=User.objects.get(pk=user_id), at=LATER)


@pytest.mark.processes
def test_concurrent_approvals_buy_once(cloned_database: Clone):
    location = make_location(included=100)
    asked, ada = ask(location), make_user()
    outcomes = race(try_to_approve, [{"request_id": asked.pk, "user_id": ada.pk}] * 3)
    assert Counter(outcome.error for outcome in outcomes) == {"": 1, "AlreadyDecided": 2}
    assert total(location) == 600
    assert verify() == []


# --- The staff desk ---------------------------------------------------------------------------


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(make_user("dana@example.org", is_staff=True, is_superuser=True))
    return client


def decide(client: Client, asked: CreditRequest, **fields: str) -> str:
    address = reverse("admin:ledger_creditrequest_decide", args=[asked.pk])
    answer = client.post(address, fields, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def test_staff_approve_from_the_request_s_page(staff: Client, soho: Location):
    asked = ask(soho)
    address = reverse("admin:ledger_creditrequest_change", args=[asked.pk])
    page = staff.get(address).text
    assert "PO-7" in page
    assert "Approve: record the purchase" in page
    assert "Approved: the credits are with" in decide(staff, asked, _approve="1", answer="Enjoy")
    assert total(soho) == 600
    assert LogEntry.objects.filter(object_id=str(asked.pk)).count() == 1
    page = staff.get(address).text
    assert "Approve: record the purchase" not in page
    entry = Entry.objects.get(kind="purchase")
    assert reverse("admin:ledger_entry_change", args=[entry.pk]) in page
    assert "approved already" in decide(staff, asked, _decline="1", answer="No")


def test_staff_decline_with_an_answer_only(staff: Client, soho: Location):
    asked = ask(soho)
    assert "must not be empty" in decide(staff, asked, _decline="1", answer="")
    assert "at most 400 characters" in decide(staff, asked, _decline="1", answer="x" * 401)
    assert "Declined" in decide(staff, asked, _decline="1", answer="Unknown order number")
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("declined", "Unknown order number")


def test_list_has_open_requests_oldest_first(staff: Client, soho: Location):
    newer, older = ask(soho, at=LATER), ask(soho)
    done = ask(soho, at=NOON - dt.timedelta(days=9))
    credit_requests.decline(done.pk, decided_by=make_user(), at=LATER, answer="No")
    listed = staff.get(reverse("admin:ledger_creditrequest_changelist")).context["cl"]
    assert [asked.pk for asked in listed.result_list] == [older.pk, newer.pk, done.pk]


def test_deciding_needs_permission(client: Client, soho: Location):
    asked = ask(soho)
    viewer = make_user("viewer@example.org", is_staff=True)
    for name in ("view_creditrequest", "change_creditrequest"):
        viewer.user_permissions.add(Permission.objects.get(codename=name))
    client.force_login(viewer)
    page = client.get(reverse("admin:ledger_creditrequest_change", args=[asked.pk]))
    assert page.status_code == 200
    assert "Approve: record" not in page.text
    address = reverse("admin:ledger_creditrequest_decide", args=[asked.pk])
    assert client.post(address, {"_approve": "1"}).status_code == 403
    assert CreditRequest.objects.get(pk=asked.pk).state == "open"


def test_bundles_are_edited_by_staff_and_never_deleted(staff: Client):
    add = reverse("admin:ledger_bundle_add")
    staff.post(add, {"name": "Small", "credits": "500", "price": "EUR 45", "position": "1"})
    bundle = Bundle.objects.get()
    assert (bundle.name, bundle.credits, bundle.price) == ("Small", 500, "EUR 45")
    staff.post(add, {"name": "None", "credits": "0", "position": "1"})
    assert Bundle.objects.count() == 1
    assert staff.post(reverse("admin:ledger_bundle_delete", args=[bundle.pk])).status_code == 403
