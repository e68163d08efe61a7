"""Every list of the staff desk, its pages of its own, and a location verified on its page."""

import re

import pytest
from django.apps import apps
from django.urls import reverse
from playwright.sync_api import expect

from locations.models import Location, User
from tests.browser.conftest import Visit, on_a_phone
from tests.factories import make_card, make_user
from tests.product import LiveProduct
from tests.redflag_credits.desk import fill
from tests.redflag_credits.staff_matrix import MODELS

READY_MS = 60_000
PAGES = {
    "staff-today": "admin:index",
    "staff-health": "admin:ledger_health",
    "staff-renewals": "admin:ledger_balance_renewals",
    "staff-queue": "admin:ledger_approvalrequest_queue",
}
# One of each kind of form, of what is only read, and of what is decided.
ONES = (
    "auth.Group",
    "locations.Account",
    "locations.Location",
    "locations.User",
    "locations.Membership",
    "locations.Contract",
    "locations.RateCard",
    "ledger.Entry",
    "ledger.Charge",
    "ledger.InternationalMessage",
    "ledger.CorrectionRequest",
    "ledger.Verification",
    "reports.Report",
)
ADDED = ("locations.Contract", "locations.User", "ledger.ApiToken")


@pytest.fixture(scope="module")
def live_product(own_product: LiveProduct) -> LiveProduct:
    """Lists are looked at with few rows: axe takes a second for a hundred."""
    return own_product


@pytest.fixture(scope="module")
def location(live_product: LiveProduct) -> Location:
    """With a row in every table."""
    make_card()
    return fill("Harbor Desk")


@pytest.fixture(scope="module")
def clerk(location: Location) -> User:
    """Who may see everything."""
    make_card(series="Partners", published=False, is_default=False)
    return make_user(full_name="Ada", is_staff=True, is_superuser=True)


def test_the_pages_of_the_desk_fit_and_are_accessible(visit: Visit, clerk: User) -> None:
    for name, page in PAGES.items():
        visit.open_as(clerk, reverse(page))
        visit.check(name, closely=True)


def test_the_lists_of_the_desk_fit_and_are_accessible(visit: Visit, clerk: User) -> None:
    visit.open_as(clerk, reverse("admin:index"))
    for model in MODELS:
        name = model.lower().replace(".", "_")
        visit.open(reverse(f"admin:{name}_changelist"))
        visit.check(f"staff-list-{name}")


@on_a_phone
def test_a_page_of_one_row_fits_and_is_accessible(visit: Visit, clerk: User) -> None:
    """On a phone, which is where they might not fit; others look at some on a desk."""
    visit.open_as(clerk, reverse("admin:index"))
    for label in ONES:
        row = apps.get_model(label)._default_manager.order_by("-pk").first()
        assert row is not None, label
        name = label.lower().replace(".", "_")
        visit.open(reverse(f"admin:{name}_change", args=[row.pk]))
        visit.check(f"staff-one-{name}")
    for label in ADDED:
        name = label.lower().replace(".", "_")
        visit.open(reverse(f"admin:{name}_add"))
        visit.check(f"staff-add-{name}")


def test_a_box_that_searches_is_named_when_it_is_open(visit: Visit, clerk: User) -> None:
    visit.open_as(clerk, reverse("admin:locations_membership_add"))
    visit.page.get_by_role("combobox", name="Location").click()
    visit.page.get_by_role("searchbox", name="Location").fill("Des")
    option = visit.page.get_by_role("option", name="Harbor Desk")
    expect(option).to_be_visible()
    visit.check("staff-box", within=".select2-dropdown")
    option.click()
    box = visit.page.get_by_role("combobox", name=re.compile("^Location: . Harbor Desk$"))
    expect(box).to_be_visible()


def test_a_location_is_verified_beside_a_form_that_keeps_what_was_typed(
    visit: Visit, clerk: User, location: Location, live_product: LiveProduct
) -> None:
    address = reverse("admin:locations_location_change", args=[location.pk])
    visit.open_as(clerk, address)
    panel = visit.page.get_by_role("region", name="Verification")
    panel.get_by_role("button", name="Verify it now").click()
    expect(panel).to_contain_text("that Ada asked for waits for a worker")
    visit.check("staff-verification-waits")
    visit.page.get_by_label("Name", exact=True).first.fill("Half a name")
    with live_product.working():
        expect(panel).to_contain_text("sound", timeout=READY_MS)
    expect(visit.page.get_by_label("Name", exact=True).first).to_have_value("Half a name")
    visit.check("staff-verification-found")
