"""The queue of open requests, and approvals in the admin."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.engine import charging
from ledger.models import (
    ApprovalRequest,
    Charge,
    ChatMessage,
    Entry,
    EntryKind,
    InternationalMessage,
)
from ledger.requests import approvals, correction_requests, credit_requests, queue
from ledger.requests.approvals import ManualEntry
from locations.models import Location, User
from tests.factories import NOON, chat, key, make_card, make_location, make_member, make_user, text
from tests.reports.pages import links

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:ledger_approvalrequest_queue")
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 10


@pytest.fixture
def ada() -> User:
    return make_user("ada@example.org", is_staff=True, is_superuser=True, full_name="Ada")


@pytest.fixture
def bob() -> User:
    return make_user("bob@example.org", is_staff=True, is_superuser=True, full_name="Bob")


@pytest.fixture
def staff(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def soho() -> Location:
    make_card()
    return make_location(name="Soho", included=100)


def wait(location: Location, by: User, *, at: dt.datetime = NOON, credits: int = 50) -> int:
    wanted = ManualEntry(kind=EntryKind.ADJUSTMENT, credits=credits, reason="Goodwill")
    done = approvals.post_or_request(location.pk, wanted, key=key(), at=at, created_by=by)
    assert done.pending is not None
    return done.pending.pk


def everything(location: Location, ada: User) -> None:
    """One request of each kind, an hour apart; and one that is decided."""
    member = make_member(location)
    spent = charging.charge_broadcast(
        location.pk, "text", [text(external_id="a"), text(external_id="b")], key=key(), at=NOON
    )
    one = {"external_id": "b", "reason": "Never arrived", "requested_by": member}
    correction_requests.request_correction(location.pk, spent.charge_id, at=NOON + HOUR, **one)
    ask = {"reference": "PO-2", "form_key": uuid.uuid4(), "requested_by": member}
    credit_requests.request_credits(location.pk, credits=500, at=NOON, **ask)
    wait(location, ada, at=NOON + 2 * HOUR, credits=-50 if location.name == "x" else 50)
    gone = wait(location, ada)
    approvals.decline(gone, decided_by=ada, at=NOON, answer="A slip")


def decide(staff: Client, pk: int, button: str, answer: str = "") -> Any:
    address = reverse("admin:ledger_approvalrequest_decide", args=[pk])
    return staff.post(address, {button: "1", "answer": answer}, follow=True)


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_the_queue_has_all_kinds_oldest_first_with_age_kind_location_and_amount(
    staff: Client, soho: Location, ada: User
):
    everything(soho, ada)
    page = staff.get(QUEUE)
    rows = list(page.context["table"].data)
    assert [(row.kind, row.credits, row.text) for row in rows] == [
        ("purchase", 500, "PO-2"),
        ("reversal", 7, "Never arrived"),
        ("adjustment", 50, "Goodwill"),
    ]
    written = re.findall(r"<tr><th scope=.row.>.*", page.text)
    for credits, row in zip(("+500", "+7", "+50"), written, strict=True):
        assert f"<td>{credits}</td>" in row
    assert ["somebody else has to approve it" in row for row in written] == [False, False, True]
    ages = [re.findall(r'<th scope="row"><a href="(.+?)">(.+?)</a>', row) for row in written]
    assert all(row.location == "Soho" for row in rows)
    for ((url, age),) in ages:
        assert age
        assert staff.get(url).status_code == 200


def test_the_amount_of_a_correction_is_its_message_s_or_its_charge_s(soho: Location, ada: User):
    answer = charging.charge_chat(
        soho.pk, [chat("inbound", external_id="c"), chat("inbound")], key=key(), at=NOON
    )
    correction_requests.request_correction(
        soho.pk, answer.charge_id, reason="All", requested_by=ada, at=NOON
    )
    correction_requests.request_correction(
        soho.pk, answer.charge_id, external_id="c", reason="One", requested_by=ada, at=NOON + HOUR
    )
    rows = [queue.parse_row(row) for row in queue.pending_requests()]
    assert [(each.text, each.credits, each.requested_by) for each in rows] == [
        ("All", 4, "Ada"),
        ("One", 2, "Ada"),
    ]


def test_queue_can_be_filtered(staff: Client, soho: Location, ada: User):
    everything(soho, ada)
    everything(make_location(name="Kyoto", included=100), ada)
    assert len(staff.get(QUEUE).context["table"].rows) == 6
    assert len(staff.get(QUEUE, {"show": "creditrequest"}).context["table"].rows) == 2
    table = staff.get(QUEUE, {"q": "kyo", "show": "approvalrequest"}).context["table"]
    assert [row.location for row in table.data] == ["Kyoto"]
    assert "Nothing waits here" in staff.get(QUEUE, {"q": "nowhere"}).text


def test_query_count_does_not_grow_with_requests(staff: Client, soho: Location, ada: User):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(QUEUE).status_code == 200
        return len(asked)

    everything(soho, ada)
    queries()
    few = queries()
    for _ in range(60):
        wait(soho, ada)
    assert queries() == few
    assert staff.get(QUEUE, {"page": "2"}).context["page"].number == 2


def test_queue_needs_permission_to_view_a_request(client: Client):
    client.force_login(make_user(is_staff=True))
    assert client.get(QUEUE).status_code == 403


def test_a_second_person_approves_and_both_are_named(
    staff: Client, client: Client, soho: Location, ada: User, bob: User
):
    pk = wait(soho, bob)
    page = staff.get(reverse("admin:ledger_approvalrequest_change", args=[pk])).text
    assert "Approve: post it" in page
    answer = decide(staff, pk, "_approve", "Fine")
    assert "Approved: the entry is posted, in both names." in said(answer)
    entry = Entry.objects.get(kind=EntryKind.ADJUSTMENT)
    assert (entry.credits, entry.created_by, entry.approved_by) == (50, bob, ada)
    assert "declined already" not in said(decide(staff, pk, "_approve"))
    assert Entry.objects.filter(kind=EntryKind.ADJUSTMENT).count() == 1
    assert LogEntry.objects.filter(user=ada).count() == 1


def test_own_request_has_no_button_and_forged_post_is_refused(
    staff: Client, soho: Location, ada: User
):
    pk = wait(soho, ada)
    page = staff.get(reverse("admin:ledger_approvalrequest_change", args=[pk])).text
    assert ("Approve: post it" in page, "Withdraw" in page) == (False, True)
    assert "somebody else has to approve it" in said(decide(staff, pk, "_approve"))
    assert not Entry.objects.filter(kind=EntryKind.ADJUSTMENT).exists()
    decide(staff, pk, "_decline", "A slip")
    assert ApprovalRequest.objects.get().state == "declined"


# --- The forms ----------------------------------------------------------------------------------


def form(**fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "reason": "Goodwill", "reference": "T-1"} | fields


def test_form_above_the_limit_creates_one_request(staff: Client, soho: Location, ada: User):
    page = reverse("admin:ledger_entry_adjustment", args=[soho.pk])
    asked = form(credits="50", bucket="purchased")
    shown = staff.post(page, asked)
    assert "A second person has to approve this" in shown.text
    assert "moves more than 10 credits" in shown.text
    first = staff.post(page, asked | {"_record": "1"}, follow=True)
    assert "Nothing has moved yet" in said(first)
    again = staff.post(page, asked | {"_record": "1"}, follow=True)
    assert "asked for already, once" in said(again)
    waits = ApprovalRequest.objects.get()
    assert (waits.credits, waits.requested_by, waits.reference) == (50, ada, "T-1")
    assert not Entry.objects.filter(kind=EntryKind.ADJUSTMENT).exists()


def test_a_charge_and_a_message_are_given_back_from_their_pages(staff: Client, soho: Location):
    charging.charge_broadcast(
        soho.pk, "text", [text(external_id="a"), text(external_id="b")], key=key(), at=NOON
    )
    charge = Charge.objects.get()
    message = InternationalMessage.objects.get(external_id="b")
    page = staff.get(reverse("admin:ledger_internationalmessage_change", args=[message.pk]))
    address = reverse("admin:ledger_entry_international_reversal", args=[message.pk])
    assert address in links(page)
    shown = staff.post(address, form())
    assert shown.context["balances"].data[0] == ("Contract", 86, 93)
    staff.post(address, form(_record="1"))
    assert [e.credits for e in Entry.objects.filter(kind=EntryKind.REVERSAL)] == [7]
    assert (
        address
        not in staff.get(
            reverse("admin:ledger_internationalmessage_change", args=[message.pk])
        ).text
    )
    whole = reverse("admin:ledger_entry_reversal", args=[charge.pk])
    charge_page = reverse("admin:ledger_charge_change", args=[charge.pk])
    assert whole in links(staff.get(charge_page))
    staff.post(whole, form(_record="1"))
    assert [e.reference for e in Entry.objects.filter(kind=EntryKind.REVERSAL)] == ["T-1", "T-1"]
    assert whole not in staff.get(charge_page).text
    assert staff.get(reverse("admin:ledger_entry_reversal", args=[10**9])).status_code == 404
    missing = reverse("admin:ledger_entry_international_reversal", args=[10**9])
    assert staff.get(missing).status_code == 404


def test_chat_is_given_back_too(staff: Client, soho: Location):
    charging.charge_chat(soho.pk, [chat("inbound")], key=key(), at=NOON)
    message = ChatMessage.objects.get()
    address = reverse("admin:ledger_entry_chat_reversal", args=[message.pk])
    staff.post(address, form(_record="1"))
    assert Entry.objects.get(kind=EntryKind.REVERSAL).credits == 2


def test_a_debt_is_written_off_from_the_location_s_page(staff: Client, ada: User):
    location = make_location(included=None)
    page = reverse("admin:locations_location_change", args=[location.pk])
    address = reverse("admin:ledger_entry_write_off", args=[location.pk])
    assert address not in staff.get(page).text
    charging.charge_chat(location.pk, [chat("inbound")], key=key(), at=NOON)
    assert address in links(staff.get(page))
    shown = staff.post(address, form())
    assert shown.context["balances"].data[1] == ("Purchased", -2, 0)
    staff.post(address, form(_record="1"))
    entry = Entry.objects.get(kind=EntryKind.WRITE_OFF)
    assert (entry.purchased_delta, entry.created_by, entry.reason) == (2, ada, "Goodwill")
    again = staff.post(address, form(_record="1"))
    assert "not below zero" in str(again.context["form"].errors)


@pytest.mark.parametrize("page", ["write_off", "reversal", "chat_reversal"])
def test_forms_need_permission(client: Client, soho: Location, page: str):
    charging.charge_chat(soho.pk, [chat("inbound")], key=key(), at=NOON)
    charge = Charge.objects.get()
    message = ChatMessage.objects.get()
    args = {"write_off": [soho.pk], "reversal": [charge.pk], "chat_reversal": [message.pk]}
    address = reverse(f"admin:ledger_entry_{page}", args=args[page])
    client.force_login(make_user(is_staff=True))
    assert client.get(address).status_code == 403
    assert client.post(address, form(_record="1")).status_code == 403
    assert Entry.objects.filter(kind__in=[EntryKind.WRITE_OFF, EntryKind.REVERSAL]).count() == 0
