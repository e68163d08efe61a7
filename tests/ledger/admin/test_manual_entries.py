"""Entries posted by hand in the admin."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse

from ledger.engine import charging, funding
from ledger.models import Balance, Entry, EntryKind
from locations.models import Location, User
from tests.factories import NOON, chat, key, make_location, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> User:
    return make_user("dana@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


@pytest.fixture
def soho() -> Location:
    return make_location(name="Soho", included=1000, starts_on=dt.date(2026, 1, 1))


def page(kind: str, location: Location) -> str:
    return reverse(f"admin:ledger_entry_{kind}", args=[location.pk])


def purchase(**fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "credits": "500", "reference": "INV-1", "reason": ""} | fields


def adjustment(**fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "credits": "-40",
        "bucket": "contract",
        "reason": "Sent twice",
        "reference": "T-9",
    } | fields


def by_hand() -> list[tuple[str, int, int]]:
    made = Entry.objects.filter(kind__in=[EntryKind.PURCHASE, EntryKind.ADJUSTMENT]).order_by(
        "number"
    )
    return [(entry.kind, entry.contract_delta, entry.purchased_delta) for entry in made]


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_purchase_is_shown_before_it_is_recorded(staff: Client, soho: Location, dana: User):
    asked = purchase()
    answer = staff.post(page("purchase", soho), asked)
    assert list(answer.context["balances"].data) == [
        ("Contract", 1000, 1000),
        ("Purchased", 0, 500),
        ("Balance", 1000, 1500),
    ]
    assert "<td>1,000</td><td>1,500</td>" in answer.text
    assert by_hand() == []
    answer = staff.post(page("purchase", soho), asked | {"_record": "1"}, follow=True)
    assert "The balance is 1,500 now." in said(answer)[0]
    entry = Entry.objects.get(kind=EntryKind.PURCHASE)
    assert (entry.purchased_delta, entry.reference, entry.created_by) == (500, "INV-1", dana)
    assert LogEntry.objects.get().change_message == "Recorded a purchase."


def test_form_comes_with_a_key_and_the_balance(staff: Client, soho: Location):
    first, second = (staff.get(page("purchase", soho)).context for _ in range(2))
    assert first["balances"].data[-1] == ("Balance", 1000, None)
    assert first["form"]["key"].value() != second["form"]["key"].value()


def test_double_click_posts_once(staff: Client, soho: Location):
    asked = purchase(_record="1")
    staff.post(page("purchase", soho), asked)
    answer = staff.post(page("purchase", soho), asked, follow=True)
    assert "It was recorded already, once, as" in said(answer)[-1]
    assert by_hand() == [("purchase", 0, 500)]
    assert LogEntry.objects.count() == 1
    # The way back to the preview says so too, and a changed amount is not booked as well.
    asked.pop("_record")
    assert staff.post(page("purchase", soho), asked).context["dry_run"].replayed
    answer = staff.post(page("purchase", soho), asked | {"credits": "501", "_record": "1"})
    assert "has recorded an entry already" in str(answer.context["form"].errors)
    assert by_hand() == [("purchase", 0, 500)]


def test_change_it_leads_back_to_the_form_with_its_key(staff: Client, soho: Location):
    asked = purchase()
    answer = staff.post(page("purchase", soho), asked | {"_back": "1"})
    assert answer.context["dry_run"] is None
    assert answer.context["form"]["key"].value() == asked["key"]


def test_purchase_pays_a_debt_first(staff: Client):
    location = make_location(included=None)
    charging.charge_chat(location.pk, [chat("inbound")], key=key(), at=NOON)
    answer = staff.post(page("purchase", location), purchase(credits="10"))
    assert answer.context["balances"].data[1] == ("Purchased", -2, 8)
    assert "<td>−2</td><td>8</td>" in answer.text


def test_adjustment_is_recorded_with_its_reason(staff: Client, soho: Location, dana: User):
    staff.post(page("adjustment", soho), adjustment(_record="1"))
    entry = Entry.objects.get(kind=EntryKind.ADJUSTMENT)
    assert (entry.contract_delta, entry.reason, entry.reference) == (-40, "Sent twice", "T-9")
    assert entry.created_by == dana
    assert Balance.objects.get(location=soho).contract_credits == 960


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"credits": "0"}, "credits"),
        ({"credits": "1.5"}, "credits"),
        ({"credits": ""}, "credits"),
        ({"credits": "9" * 5000}, "credits"),
        ({"credits": "NaN"}, "credits"),
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"bucket": "held"}, "bucket"),
        ({"key": "not-a-key"}, "key"),
        ({"credits": "-1001"}, "__all__"),
        ({"bucket": "purchased", "credits": "-1"}, "__all__"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"_record": "1"}])
def test_bad_adjustment_is_refused_at_its_field(
    staff: Client, soho: Location, fields: dict[str, str], field: str, step: dict[str, str]
):
    answer = staff.post(page("adjustment", soho), adjustment(**fields, **step))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert by_hand() == []


@pytest.mark.parametrize(
    "fields",
    [{"credits": "-5"}, {"credits": "0"}, {"reference": ""}, {"credits": "100000001"}],
)
def test_bad_purchase_is_refused(staff: Client, soho: Location, fields: dict[str, str]):
    answer = staff.post(page("purchase", soho), purchase(**fields, _record="1"))
    assert answer.status_code == 200
    assert by_hand() == []


@pytest.mark.parametrize("kind", ["purchase", "adjustment"])
def test_each_form_needs_a_permission_of_its_own(client: Client, soho: Location, kind: str):
    clerk = make_user("clerk@example.org", is_staff=True)
    client.force_login(clerk)
    body = (purchase() if kind == "purchase" else adjustment()) | {"_record": "1"}
    assert client.get(page(kind, soho)).status_code == 403
    assert client.post(page(kind, soho), body).status_code == 403
    other = {"purchase": "adjust", "adjustment": "fund"}[kind]
    clerk.user_permissions.add(Permission.objects.get(codename=other))
    assert client.post(page(kind, soho), body).status_code == 403
    own = {"purchase": "fund", "adjustment": "adjust"}[kind]
    clerk.user_permissions.add(Permission.objects.get(codename=own))
    assert client.post(page(kind, soho), body).status_code == 302
    assert len(by_hand()) == 1


@pytest.mark.parametrize("kind", ["purchase", "adjustment"])
def test_forms_are_for_staff_and_refuse_what_comes_from_elsewhere(
    soho: Location, dana: User, kind: str
):
    body = (purchase() if kind == "purchase" else adjustment()) | {"_record": "1"}
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(page(kind, soho)).status_code == 302
    stranger.force_login(dana)
    assert stranger.post(page(kind, soho), body).status_code == 403
    assert by_hand() == []


def test_unknown_location_is_not_found(staff: Client):
    for pk in (0, 987654321, 10**30):
        for kind in ("purchase", "adjustment"):
            where = reverse(f"admin:ledger_entry_{kind}", args=[pk])
            assert staff.get(where).status_code == 404
            assert staff.post(where, purchase(_record="1")).status_code == 404


def test_page_of_a_location_whose_term_has_ended_renews_first(staff: Client):
    location = make_location(included=1000, starts_on=dt.date(2020, 1, 1), term_months=120)
    assert not Balance.objects.filter(location=location).exists()
    balances = staff.get(page("purchase", location)).context["balances"].data
    assert balances[0] == ("Contract", 1000, None)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("inv-7", [500]), ("SOHO", [500, 1000]), ("the-key", [40]), (" INV-7 ", [500]), ("INV", [])],
)
def test_entries_are_found_by_reference_key_or_location(
    staff: Client, soho: Location, wanted: str, found: list[int]
):
    funding.purchase(soho.pk, 500, key=key(), at=NOON, reference="INV-7")
    elsewhere = make_location(name="Elsewhere", included=None)
    funding.purchase(elsewhere.pk, 40, key="the-key", at=NOON, reference="INV-8")
    answer = staff.get(reverse("admin:ledger_entry_changelist"), {"q": wanted})
    assert sorted(entry.credits for entry in answer.context["cl"].result_list) == sorted(found)


@pytest.mark.parametrize(
    ("column", "index"), [("reference", "entry_by_reference"), ("key", "entry_by_key")]
)
def test_each_search_uses_its_own_index(soho: Location, column: str, index: str):
    for number in range(100):
        funding.purchase(soho.pk, 1, key=key(), at=NOON, reference=f"INV-{number}")
    filled = Entry.objects.order_by().exclude(**{column: ""}).filter(key__isnull=False)
    with connection.cursor() as cursor:
        # Statistics of these rows, not of other tests'.
        cursor.execute("ANALYZE ledger_entry")
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert index in filled.filter(**{f"{column}__iexact": "INV-7"}).explain()


def test_messages_of_a_location_are_listed_by_day_and_of_all_as_they_came(
    staff: Client, soho: Location
):
    """A location's own are read along an index of its days."""
    for name, at in (("late", NOON), ("early", NOON - dt.timedelta(days=3))):
        message = chat("inbound", external_id=name, sent_at=at)
        charging.charge_chat(soho.pk, [message], key=key(), at=NOON)
    address = reverse("admin:ledger_chatmessage_changelist")
    listed = {
        query: [m.external_id for m in staff.get(address + query).context["cl"].result_list]
        for query in ("", f"?location__id__exact={soho.pk}")
    }
    assert list(listed.values()) == [["early", "late"], ["late", "early"]]
