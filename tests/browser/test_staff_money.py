"""At the staff desk: two people for much, contracts now and later, renewals by hand."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ledger.engine.charging import charge_chat
from ledger.engine.renewals import renew
from ledger.models import Entry, EntryKind
from ledger.verification.verify import verify
from locations.models import Location, User
from tests.browser.conftest import DESK, Visit, on_a_phone
from tests.browser.world import World, make_own
from tests.factories import chat, key, make_location, make_user


@pytest.fixture(scope="module")
def two(world: World) -> tuple[User, User]:
    people = [
        make_user(full_name=name, is_staff=True, is_superuser=True) for name in ("Ada", "Bob")
    ]
    return people[0], people[1]


def location_page(location: Location) -> str:
    return f"/staff/locations/location/{location.pk}/change/"


def test_two_people_adjust_and_the_manager_sees_it(
    new_visit: Callable[..., Visit], world: World, two: tuple[User, User]
) -> None:
    reason = "Outage of the provider"
    location, manager_of_it = make_own("Harbor Outage")
    ada = new_visit(DESK)
    ada.open_as(two[0], location_page(location))
    ada.check("staff-location")
    ada.page.get_by_role("link", name="Make an adjustment").click()
    ada.page.get_by_label("Credits", exact=False).first.fill("12000")
    ada.page.get_by_label("Reason").fill(reason)
    ada.page.get_by_label("Reference").fill("T-77")
    ada.page.get_by_role("button", name="See what it does").click()
    expect(ada.page.locator("#content-main")).to_contain_text("A second person has to approve")
    ada.check("staff-second-person")
    ada.page.get_by_role("button", name="Ask for approval").click()
    expect(ada.page.locator(".messagelist")).to_contain_text("Nothing has moved yet")
    ada.open("/staff/ledger/approvalrequest/queue/")
    waiting = ada.page.locator("#content tbody tr").filter(has_text=reason)
    expect(waiting).to_contain_text("somebody else has to approve it")
    waiting.locator("th a").click()
    expect(ada.page.get_by_role("button", name="Approve: post it")).to_have_count(0)
    expect(ada.page.get_by_role("button", name="Withdraw")).to_be_visible()
    assert not Entry.objects.filter(reason=reason).exists()

    bob = new_visit(DESK)
    bob.open_as(two[1], "/staff/ledger/approvalrequest/queue/")
    bob.check("staff-queue")
    bob.page.locator("#content tbody tr").filter(has_text=reason).locator("th a").click()
    approve = bob.page.get_by_role("button", name="Approve: post it")
    expect(approve).to_be_visible()
    bob.check("staff-approve")
    approve.click()
    expect(bob.page.locator(".messagelist")).to_contain_text("in both names")
    entry = Entry.objects.get(reason=reason)
    assert (entry.credits, entry.created_by, entry.approved_by) == (12_000, two[0], two[1])

    manager = new_visit(DESK)
    manager.open_as(manager_of_it, f"/locations/{location.pk}/credit-usage/days/{entry.day}/")
    line = manager.page.get_by_role("row").filter(has_text=reason)
    expect(line).to_contain_text("by Ada, approved by Bob")
    manager.check("manager-sees-adjustment")
    assert verify() == []


def test_a_contract_changes_later_and_now(
    visit: Visit, world: World, two: tuple[User, User]
) -> None:
    today = timezone.now().date()
    location = make_location(included=1000, starts_on=today - dt.timedelta(days=40))
    renew(location.pk, at=timezone.now())
    contract = location.contracts.get()
    visit.open_as(two[0], f"/staff/locations/contract/{contract.pk}/change/")
    visit.page.locator("#id_included_credits").fill("1500")
    visit.page.locator("[name=_continue]").click()
    expect(visit.page.locator(".messagelist")).to_contain_text("keeps what it was granted")
    assert location.balance.contract_credits == 1000
    visit.page.get_by_label("Now: an adjustment").check()
    visit.page.locator("#id_change_reason").fill("Their new plan starts today")
    visit.check("staff-contract-now")
    visit.page.locator("[name=_continue]").click()
    told = "Contract credits of the running term: +500"
    expect(visit.page.locator(".messagelist")).to_contain_text(told)
    location.balance.refresh_from_db()
    assert location.balance.contract_credits == 1500
    entry = Entry.objects.get(location=location, kind=EntryKind.ADJUSTMENT)
    assert (entry.contract_delta, entry.contract_id) == (500, contract.pk)
    assert verify(location.pk) == []


def test_a_renewal_is_run_by_hand_and_twice_is_harmless(
    visit: Visit, world: World, two: tuple[User, User]
) -> None:
    now = timezone.now()
    # First of all: the list of locations that a sign-in leads to would renew this one.
    visit.open_as(two[0])
    location = make_location(name="Late", included=300, starts_on=dt.date(2024, 1, 1))
    before = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    charge_chat(location.pk, [chat("inbound", sent_at=before)], key=key(), at=before)
    visit.open("/staff/ledger/balance/renewals/?days=90")
    visit.check("staff-renewals")
    visit.page.get_by_role("link", name=f"Run it now {location.name}").click()
    run = visit.page.get_by_role("button", name="Run it now")
    expect(run).to_be_visible()
    visit.check("staff-renew-one")
    run.click()
    expect(visit.page.locator(".messagelist")).to_contain_text("is renewed: 2025-01-01")
    entries = Entry.objects.filter(location=location).count()
    visit.open(f"/staff/ledger/balance/renewals/{location.pk}/run/")
    visit.page.get_by_role("button", name="Run it now").click()
    expect(visit.page.locator(".messagelist")).to_contain_text("nothing was due")
    assert Entry.objects.filter(location=location).count() == entries
    assert now < timezone.now()
    assert verify(location.pk) == []


@on_a_phone
def test_staff_see_the_page_as_its_manager_does(
    visit: Visit, world: World, two: tuple[User, User]
) -> None:
    visit.open_as(two[0], location_page(world.healthy))
    visit.page.get_by_role("button", name="See the page as its manager does").click()
    expect(visit.page.locator(".impersonation")).to_contain_text("You are seeing this as staff.")
    visit.check("seen-as-staff")
    visit.open(f"/locations/{world.healthy.pk}/credits/")
    visit.page.get_by_label("Number of credits").fill("500")
    visit.page.get_by_label("reference", exact=False).fill("PO")
    visit.page.get_by_role("button", name="Send the request").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Nothing was changed")
    visit.expect_refusal(403)
    visit.page.get_by_role("button", name="Back to the staff desk").click()
    expect(visit.page).to_have_url(visit.url + location_page(world.healthy))
