"""Corrections: requested by managers, granted or declined by staff."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ledger.engine import charging, reversals
from ledger.engine.posting import BadInput
from ledger.engine.reversals import NothingToReverse, UnknownCharge
from ledger.models import Balance, CorrectionRequest, Entry, InternationalMessage
from ledger.requests import correction_requests
from ledger.requests.correction_requests import InvalidCorrectionRequest, TooManyOpenRequests
from ledger.requests.decisions import AlreadyDecided
from ledger.verification.schema import missing_guards
from ledger.verification.verify import breaches, verify
from locations.models import Location, User
from tests.databases import Clone
from tests.factories import GERMANY, NOON, chat, key, make_card, make_location, make_user, text
from tests.processes import race

LATER = NOON + dt.timedelta(hours=5)


@pytest.fixture
def soho(db: None) -> Location:
    make_card()
    return make_location(name="Soho", included=100)


def spend(location: Location, *messages: Any) -> int:
    answer = charging.charge_broadcast(
        location.pk,
        "text",
        messages or [text(external_id=key()), text(external_id=key())],
        key=key(),
        at=NOON,
    )
    return answer.charge_id


def ask(location: Location, charge_id: int, **options: Any) -> CorrectionRequest:
    options = {"reason": "Never arrived", "at": NOON} | options
    options.setdefault("requested_by", make_user())
    return correction_requests.request_correction(location.pk, charge_id, **options)


def total(location: Location) -> int:
    return Balance.objects.get(location=location).total


def test_a_granted_request_gives_the_credits_back_in_its_name(soho: Location):
    ada = make_user(is_staff=True)
    asked = ask(soho, spend(soho))
    assert total(soho) == 86
    done = correction_requests.grant(asked.pk, decided_by=ada, at=LATER, answer="Sorry!")
    assert total(soho) == 100
    assert (done.state, done.decided_by, done.decided_at) == ("granted", ada, LATER)
    entry = done.reversal
    assert entry is not None
    assert (entry.kind, entry.credits, entry.created_by) == ("reversal", 14, ada)
    assert entry.reason == f"Correction request {asked.pk}: Never arrived"
    assert entry.key == f"correction-request-{asked.pk}"
    assert list(breaches()) == []


def test_one_message_of_a_charge_can_be_corrected(soho: Location):
    charge_id = spend(soho, text(external_id="a"), text(external_id="b"))
    asked = ask(soho, charge_id, external_id="b")
    correction_requests.grant(asked.pk, decided_by=make_user(), at=LATER)
    back = InternationalMessage.objects.filter(reversal__isnull=False)
    assert [message.external_id for message in back] == ["b"]
    assert total(soho) == 93


def test_chat_can_be_corrected_too(soho: Location):
    answer = charging.charge_chat(soho.pk, [chat("inbound", external_id="c")], key=key(), at=NOON)
    asked = ask(soho, answer.charge_id, external_id="c")
    correction_requests.grant(asked.pk, decided_by=make_user(), at=LATER)
    assert total(soho) == 100


def test_declined_request_posts_nothing_and_has_an_answer(soho: Location):
    ada = make_user()
    asked = ask(soho, spend(soho))
    done = correction_requests.decline(
        asked.pk, decided_by=ada, at=LATER, answer=" It was delivered. "
    )
    assert (done.state, done.answer, done.decided_by) == ("declined", "It was delivered.", ada)
    assert total(soho) == 86
    with pytest.raises(BadInput, match="answer: must not be empty"):
        correction_requests.decline(
            ask(soho, asked.charge_id).pk, decided_by=ada, at=LATER, answer=" "
        )


def test_a_request_is_decided_once(soho: Location):
    ada = make_user()
    asked = ask(soho, spend(soho))
    correction_requests.grant(asked.pk, decided_by=ada, at=LATER)
    with pytest.raises(AlreadyDecided, match="granted already"):
        correction_requests.grant(asked.pk, decided_by=ada, at=LATER)
    with pytest.raises(AlreadyDecided):
        correction_requests.decline(asked.pk, decided_by=ada, at=LATER, answer="No")
    assert Entry.objects.filter(kind="reversal").count() == 1


def test_request_reversed_meanwhile_stays_open_to_be_declined(soho: Location):
    charge_id = spend(soho)
    asked = ask(soho, charge_id)
    reversals.reverse(soho.pk, charge_id, key=key(), at=NOON, reason="By the platform")
    with pytest.raises(NothingToReverse):
        correction_requests.grant(asked.pk, decided_by=make_user(), at=LATER)
    asked.refresh_from_db()
    assert asked.state == "open"
    correction_requests.decline(
        asked.pk, decided_by=make_user(), at=LATER, answer="Given back already"
    )


def test_there_must_be_something_to_give_back(soho: Location):
    charge_id = spend(soho, text(GERMANY, external_id="no-rate"), text(external_id="paid"))
    with pytest.raises(InvalidCorrectionRequest, match="Nothing is left"):
        ask(soho, charge_id, external_id="no-rate")
    with pytest.raises(UnknownCharge):
        ask(soho, charge_id, external_id="nowhere")
    with pytest.raises(UnknownCharge):
        ask(make_location(), charge_id)
    with pytest.raises(BadInput):
        ask(soho, charge_id, reason="  ")
    with pytest.raises(BadInput):
        ask(soho, charge_id, reason="x" * 401)
    with pytest.raises(BadInput):
        ask(soho, charge_id, reason="\x00")
    reversals.reverse(soho.pk, charge_id, key=key(), at=NOON, reason="Sent twice")
    with pytest.raises(InvalidCorrectionRequest, match="Nothing is left"):
        ask(soho, charge_id)


def test_open_request_cannot_be_repeated(soho: Location):
    charge_id = spend(soho, text(external_id="a"), text(external_id="b"))
    first = ask(soho, charge_id)
    with pytest.raises(InvalidCorrectionRequest, match="asked for already"):
        ask(soho, charge_id)
    ask(soho, charge_id, external_id="a")
    correction_requests.decline(first.pk, decided_by=make_user(), at=LATER, answer="Why?")
    assert ask(soho, charge_id, reason="Here is why").state == "open"


def test_a_location_has_a_limit_of_open_requests(soho: Location, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(correction_requests, "MAX_OPEN", 2)
    charges = [spend(soho) for _ in range(3)]
    first = ask(soho, charges[0])
    ask(soho, charges[1])
    with pytest.raises(TooManyOpenRequests, match="2 corrections of this location"):
        ask(soho, charges[2])
    correction_requests.decline(first.pk, decided_by=make_user(), at=LATER, answer="No")
    ask(soho, charges[2])


# --- The database's own guards ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ({"state": "granted"}, "correction_decided_has_who_and_when"),
        ({"state": "declined", "answer": "No"}, "correction_decided_has_who_and_when"),
        ({"answer": "Not yet decided"}, "correction_decided_has_who_and_when"),
        ({"reason": "Something else"}, "correction_only_decided"),
        ({"external_id": "another"}, "correction_only_decided"),
        ({"requested_at": LATER}, "correction_only_decided"),
    ],
)
def test_request_cannot_be_changed(soho: Location, change: dict[str, Any], guard: str):
    asked = ask(soho, spend(soho))
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        CorrectionRequest.objects.filter(pk=asked.pk).update(**change)
    assert guard in str(refusal.value) + str(refusal.value.__cause__.diag.context)


def test_a_decided_request_stays_and_none_is_deleted(soho: Location):
    asked = ask(soho, spend(soho))
    correction_requests.decline(asked.pk, decided_by=make_user(), at=LATER, answer="No")
    rows = CorrectionRequest.objects.filter(pk=asked.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(answer="Yes")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows._raw_delete("default")
    assert rows.get().answer == "No"


def test_the_database_takes_one_open_request_of_the_charge_s_location(soho: Location):
    asked = ask(soho, spend(soho))
    copy = {
        "location_id": soho.pk,
        "charge_id": asked.charge_id,
        "requested_by": asked.requested_by,
        "requested_at": NOON,
        "reason": "Again",
    }
    with pytest.raises(IntegrityError, match="correction_open_once"), transaction.atomic():
        CorrectionRequest.objects.create(**copy)
    elsewhere = copy | {"location_id": make_location().pk, "external_id": "x"}
    with pytest.raises(IntegrityError, match="location of its charge"), transaction.atomic():
        CorrectionRequest.objects.create(**elsewhere)


def test_every_guard_is_there_after_the_migration(soho: Location):
    assert list(missing_guards()) == []


def try_to_grant(request_id: int, user_id: int) -> None:
    correction_requests.grant(request_id, decided_by=User.objects.get(pk=user_id), at=LATER)


@pytest.mark.processes
def test_concurrent_grants_give_back_once(cloned_database: Clone):
    make_card()
    location = make_location(included=100)
    asked, ada = ask(location, spend(location)), make_user()
    outcomes = race(try_to_grant, [{"request_id": asked.pk, "user_id": ada.pk}] * 3)
    assert Counter(outcome.error for outcome in outcomes) == {"": 1, "AlreadyDecided": 2}
    assert total(location) == 100
    assert verify() == []


# --- The staff desk ---------------------------------------------------------------------------


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(make_user("dana@example.org", is_staff=True, is_superuser=True))
    return client


def decide(client: Client, asked: CorrectionRequest, **fields: str) -> str:
    address = reverse("admin:ledger_correctionrequest_decide", args=[asked.pk])
    answer = client.post(address, fields, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def test_staff_grant_from_the_request_s_page(staff: Client, soho: Location):
    asked = ask(soho, spend(soho))
    page = staff.get(reverse("admin:ledger_correctionrequest_change", args=[asked.pk])).text
    assert "Never arrived" in page
    assert "Grant: give the credits back" in page
    assert "Granted: the credits are back" in decide(staff, asked, _approve="1", answer="Sorry")
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("granted", "Sorry")
    assert total(soho) == 100
    assert LogEntry.objects.filter(object_id=str(asked.pk)).count() == 1
    page = staff.get(reverse("admin:ledger_correctionrequest_change", args=[asked.pk])).text
    assert "Grant: give the credits back" not in page
    assert "granted already" in decide(staff, asked, _decline="1", answer="No")


def test_staff_decline_with_an_answer_only(staff: Client, soho: Location):
    asked = ask(soho, spend(soho))
    assert "must not be empty" in decide(staff, asked, _decline="1", answer="")
    assert "at most 400 characters" in decide(staff, asked, _decline="1", answer="x" * 401)
    assert "Declined" in decide(staff, asked, _decline="1", answer="It was delivered")
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("declined", "It was delivered")


def test_list_has_open_requests_oldest_first(staff: Client, soho: Location):
    newer = ask(soho, spend(soho), at=LATER, reason="Newer")
    older = ask(soho, spend(soho), reason="Older")
    done = ask(soho, spend(soho), at=NOON - dt.timedelta(days=9), reason="Done")
    correction_requests.decline(done.pk, decided_by=make_user(), at=LATER, answer="No")
    listed = staff.get(reverse("admin:ledger_correctionrequest_changelist")).context["cl"]
    assert [asked.pk for asked in listed.result_list] == [older.pk, newer.pk, done.pk]


def test_deciding_needs_permission(client: Client, soho: Location):
    asked = ask(soho, spend(soho))
    viewer = make_user("viewer@example.org", is_staff=True)
    for name in ("view_correctionrequest", "change_correctionrequest"):
        viewer.user_permissions.add(Permission.objects.get(codename=name))
    client.force_login(viewer)
    page = client.get(reverse("admin:ledger_correctionrequest_change", args=[asked.pk]))
    assert page.status_code == 200
    assert "Grant: give" not in page.text
    address = reverse("admin:ledger_correctionrequest_decide", args=[asked.pk])
    assert client.post(address, {"_approve": "1"}).status_code == 403
    asked.refresh_from_db()
    assert asked.state == "open"
