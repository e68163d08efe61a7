"""The admin page of a location, and impersonation from it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.engine import charging, funding, holds
from ledger.models import CreditRequest, EntryKind, RenewalFailure
from ledger.requests import approvals
from ledger.requests.approvals import ManualEntry
from locations.models import Location, User
from locations.models.audit import IMPERSONATED
from reports.impersonation import session
from reports.models import Alert, Report
from reports.urls import urlpatterns
from tests.factories import chat, key, make_card, make_location, make_member, make_user
from tests.reports.pages import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada@example.org", is_staff=True, is_superuser=True, full_name="Ada")


@pytest.fixture
def staff(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def soho() -> Location:
    make_card()
    today = timezone.now().date()
    return make_location(name="Soho", included=1000, starts_on=today.replace(day=1))


def page(location: Location) -> str:
    return reverse("admin:locations_location_change", args=[location.pk])


def usage(location: Location) -> str:
    return reverse("credit-usage", args=[location.pk])


def fill(location: Location, ada: User) -> None:
    now = timezone.now()
    member = make_member(location)
    charging.charge_chat(location.pk, [chat("inbound", sent_at=now)], key=key(), at=now)
    funding.purchase(location.pk, 500, key=key(), at=now, reference="PO", created_by=ada)
    holds.hold(location.pk, credits=7, seconds_to_live=600, key=key(), at=now)
    much = ManualEntry(kind=EntryKind.PURCHASE, credits=50_000, reference="PO-9")
    approvals.post_or_request(location.pk, much, key=key(), at=now, created_by=ada)
    RenewalFailure.objects.create(
        location=location, first_failed_at=now, last_failed_at=now, error="Lost it"
    )
    alert = Alert.objects.create(location=location, below_days=9, set_by=member, set_at=now)
    alert.members.add(member)
    Report.objects.create(
        location=location,
        kind="chat",
        first_on=dt.date(2026, 6, 1),
        last_on=dt.date(2026, 6, 30),
        requested_by=member,
        requested_at=now,
    )


# --- The page -----------------------------------------------------------------------------------


def test_page_shows_balance_summary(staff: Client, soho: Location, ada: User):
    fill(soho, ada)
    answer = staff.get(page(soho))
    credits, more = answer.context["panels"]
    balance = credits.content["balance"]
    assert (balance.available, balance.contract_credits, balance.purchased_credits) == (
        1491,
        998,
        500,
    )
    assert balance.held_credits == 7
    facts = ("<dt>Available</dt><dd><strong>1,491</strong>", "<dt>Contract</dt><dd>998</dd>")
    more_facts = ("<dt>Purchased, kept</dt><dd>500</dd>", "<dt>Held</dt><dd>7 (1 open hold)</dd>")
    for fact in (*facts, *more_facts, "−998 would lapse now", "+1,000 come in"):
        assert fact in answer.text
    assert "Overdrawn" not in answer.text
    assert [each.credits for each in credits.content["entries"].data] == [500, -2, 1000]
    assert "<td>+500</td><td>1,498</td>" in answer.text
    assert [each.credits for each in credits.content["pending"]] == [50_000]
    assert "Purchase +50,000</a>" in answer.text
    assert len(credits.content["holds"]) == 1
    assert more.content["members"] == 1
    assert len(more.content["reports"]) == 1
    for words in ("Lost it", "9 days left", "Waits for a decision", "Chat Messages"):
        assert words in answer.text


def test_overdrawn_location_shows_its_debt(staff: Client):
    location = make_location(included=None)
    now = timezone.now()
    charging.charge_chat(location.pk, [chat("inbound", sent_at=now)], key=key(), at=now)
    text = staff.get(page(location)).text
    assert "<dt>Purchased, kept</dt><dd>0</dd>" in text
    assert "<dt>Overdrawn</dt><dd>−2</dd>" in text
    assert "no contract holds today" in text


def test_query_count_does_not_grow_with_rows(staff: Client, soho: Location, ada: User):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(page(soho)).status_code == 200
        return len(asked)

    fill(soho, ada)
    queries()
    few = queries()
    now = timezone.now()
    for _ in range(15):
        funding.purchase(soho.pk, 5, key=key(), at=now, reference="PO", created_by=make_user())
        much = ManualEntry(kind=EntryKind.PURCHASE, credits=50_000, reference="PO-9")
        approvals.post_or_request(soho.pk, much, key=key(), at=now, created_by=make_user())
    assert queries() == few


def test_panels_show_what_their_reader_may_see(client: Client, soho: Location, ada: User):
    fill(soho, ada)
    clerk = make_user("clerk@example.org", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_location"))
    client.force_login(clerk)
    assert client.get(page(soho)).context["panels"] == []
    clerk.user_permissions.add(Permission.objects.get(codename="view_balance"))
    (credits,) = client.get(page(soho)).context["panels"]
    hidden = [credits.content[name] for name in ("entries", "holds", "pending")]
    assert hidden == [[], [], []]
    clerk.user_permissions.add(Permission.objects.get(codename="view_alert"))
    _, more = client.get(page(soho)).context["panels"]
    visible = more.content["can_view_alerts"], more.content["can_view_reports"]
    assert visible == (True, False)


# --- As its manager does ------------------------------------------------------------------------


def visits() -> list[Any]:
    """What the trail says of the switch."""
    events: Any = Location.pgh_event_model  # type: ignore[attr-defined]
    return list(events.objects.filter(pgh_label=IMPERSONATED))


def switch(staff: Client, location: Location) -> Any:
    return staff.post(reverse("impersonate", args=[location.pk]))


def test_impersonation_opens_the_manager_page_and_is_audited(
    staff: Client, soho: Location, ada: User
):
    assert reverse("impersonate", args=[soho.pk]) in actions(staff.get(page(soho)))
    answer = switch(staff, soho)
    assert answer["Location"] == usage(soho)
    (written,) = visits()
    assert (written.pgh_obj_id, written.pgh_context["user"]) == (soho.pk, ada.pk)
    seen = staff.get(usage(soho)).text
    assert "You are seeing this as staff." in seen
    history = staff.get(reverse("admin:locations_location_history", args=[soho.pk])).text
    assert "seen as its manager sees it" in history
    assert staff.get(reverse("alerts", args=[soho.pk])).text.count("You are seeing this") == 1


def test_impersonation_is_read_only(staff: Client, soho: Location):
    switch(staff, soho)
    bought = {"choice": "other", "credits": "500", "reference": "PO", "form_key": "0" * 32}
    answer = staff.post(reverse("request-credits", args=[soho.pk]), bought)
    assert (answer.status_code, "Nothing was changed" in answer.text) == (403, True)
    assert staff.post(reverse("alerts", args=[soho.pk]), {"is_on": "on"}).status_code == 403
    assert staff.post(reverse("reports", args=[soho.pk]), {"kind": "chat"}).status_code == 403
    report = Report.objects.create(
        location=soho,
        kind="chat",
        first_on=dt.date(2026, 6, 1),
        last_on=dt.date(2026, 6, 30),
        requested_at=timezone.now(),
        requested_by=make_user(),
    )
    assert staff.post(reverse("report-cancel", args=[report.pk])).status_code == 403
    assert not CreditRequest.objects.exists()
    assert not Alert.objects.exists()
    assert Report.objects.get().state == "queued"
    days = {"first_on": "2026-06-01", "last_on": "2026-06-30", "query": "x"}
    assert staff.post(reverse("usage-search", args=[soho.pk]), days).status_code != 403


def test_going_back_ends_impersonation(staff: Client, soho: Location):
    switch(staff, soho)
    assert staff.post(reverse("impersonate-end"))["Location"] == page(soho)
    assert "You are seeing this as staff." not in staff.get(usage(soho)).text
    assert staff.post(reverse("impersonate-end"))["Location"] == reverse("home")


def test_page_of_another_location_ends_impersonation(staff: Client, soho: Location):
    switch(staff, soho)
    other = make_location()
    assert "You are seeing this as staff." not in staff.get(usage(other)).text
    assert "You are seeing this as staff." not in staff.get(usage(soho)).text


def test_impersonation_needs_permission(client: Client, soho: Location):
    address = reverse("impersonate", args=[soho.pk])
    for user, status in (
        (make_user(is_staff=True), 403),
        (make_member(soho), 403),
        (make_user(is_staff=True, is_superuser=True), 302),
    ):
        client.force_login(user)
        assert client.get(address).status_code in (403, 405)
        assert client.post(address).status_code == status
    assert client.post(reverse("impersonate", args=[10**9])).status_code == 404
    assert len(visits()) == 1


def test_every_page_of_a_location_is_named():
    """One that is new would be open to what managers do there, until it is."""
    theirs = {pattern.name for pattern in urlpatterns if "locations/" in str(pattern.pattern)}
    assert theirs - {"impersonate"} == session.PAGES - {"location-details"}
    by_their_own_ids = {p.name for p in urlpatterns if str(p.pattern).startswith("reports/")}
    assert by_their_own_ids - {"report-download"} == session.ACTIONS
