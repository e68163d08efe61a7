"""Every list of the staff desk, its pages of its own, and a location verified on its page."""

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import SCREENS, Screen, Visit
from tests.browser.world import PASSWORD, World
from tests.factories import make_card, make_user
from tests.product import LiveProduct
from tests.redflag_credits.desk import fill
from tests.redflag_credits.staff_matrix import MODELS

STAFF = "desk@staff.example"
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
def desk(world: World) -> World:
    """With a row in every table."""
    fill("Harbor Desk")
    make_card(series="Partners", published=False, is_default=False)
    make_user(STAFF, PASSWORD, full_name="Ada", is_staff=True, is_superuser=True)
    return world


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_the_pages_of_the_desk_fit_and_are_accessible(visit: Visit, desk: World) -> None:
    visit.sign_in(STAFF, PASSWORD)
    for name, page in PAGES.items():
        visit.open(reverse(page))
        visit.look(name)


# Colours do not depend on the width: the phone sees the dark ones for both.
@pytest.mark.parametrize("screen", [SCREENS[0], Screen(1280, "light")], ids=str)
def test_the_lists_of_the_desk_fit_and_are_accessible(visit: Visit, desk: World) -> None:
    visit.sign_in(STAFF, PASSWORD)
    for model in MODELS:
        name = model.lower().replace(".", "_")
        visit.open(reverse(f"admin:{name}_changelist"))
        visit.look(f"staff-list-{name}")


def test_a_page_of_one_row_fits_and_is_accessible(
    new_visit: Callable[..., Visit], desk: World
) -> None:
    """On a phone, which is where they might not fit; others look at some on a desk."""
    visit = new_visit(SCREENS[0])
    visit.sign_in(STAFF, PASSWORD)
    for label in ONES:
        row = apps.get_model(label)._default_manager.order_by("-pk").first()
        assert row is not None, label
        name = label.lower().replace(".", "_")
        visit.open(reverse(f"admin:{name}_change", args=[row.pk]))
        visit.look(f"staff-one-{name}")
    for label in ADDED:
        name = label.lower().replace(".", "_")
        visit.open(reverse(f"admin:{name}_add"))
        visit.look(f"staff-add-{name}")


def test_a_box_that_searches_is_named_when_it_is_open(
    new_visit: Callable[..., Visit], desk: World
) -> None:
    visit = new_visit(SCREENS[1])
    visit.sign_in(STAFF, PASSWORD)
    visit.open(reverse("admin:locations_membership_add"))
    visit.page.get_by_role("combobox", name="Location").click()
    visit.page.get_by_role("searchbox", name="Location").fill("Utre")
    option = visit.page.get_by_role("option", name="Harbor Utrecht")
    expect(option).to_be_visible()
    visit.look("staff-box", within=".select2-dropdown")
    option.click()
    box = visit.page.get_by_role("combobox", name=re.compile("^Location: . Harbor Utrecht$"))
    expect(box).to_be_visible()


def test_a_location_is_verified_beside_a_form_that_keeps_what_was_typed(
    new_visit: Callable[..., Visit], desk: World, live_product: LiveProduct
) -> None:
    visit = new_visit(SCREENS[1])
    visit.sign_in(STAFF, PASSWORD)
    visit.open(reverse("admin:locations_location_change", args=[desk.renewed.pk]))
    panel = visit.page.get_by_role("region", name="Verification")
    panel.get_by_role("button", name="Verify it now").click()
    expect(panel).to_contain_text("that Ada asked for waits for a worker")
    visit.look("staff-verification-waits")
    visit.page.get_by_label("Name", exact=True).first.fill("Half a name")
    live_product.start_worker()
    expect(panel).to_contain_text("sound", timeout=READY_MS)
    expect(visit.page.get_by_label("Name", exact=True).first).to_have_value("Half a name")
    visit.look("staff-verification-found")
