"""Every list of the staff desk and its pages of its own, on all screens."""

import pytest
from django.urls import reverse

from tests.browser.conftest import Visit
from tests.browser.world import PASSWORD, World
from tests.factories import make_user
from tests.redflag_credits.staff_matrix import MODELS

STAFF = "desk@staff.example"
PAGES = {
    "staff-today": "admin:index",
    "staff-health": "admin:ledger_health",
    "staff-renewals": "admin:ledger_balance_renewals",
    "staff-queue": "admin:ledger_approvalrequest_queue",
}
# With filters, dates, marks of kinds and figures that are edited; and who did what.
DARK = ("locations.RateCard", "locations.Contract", "ledger.Entry", "locations.Change")


@pytest.fixture(scope="module")
def desk(world: World) -> World:
    make_user(STAFF, PASSWORD, full_name="Ada", is_staff=True, is_superuser=True)
    return world


def test_the_pages_of_the_desk_fit_and_are_accessible(visit: Visit, desk: World) -> None:
    visit.sign_in(STAFF, PASSWORD)
    for name, page in PAGES.items():
        visit.open(reverse(page))
        visit.look(name)


def test_the_lists_of_the_desk_fit_and_are_accessible(visit: Visit, desk: World) -> None:
    """All of them in the light; in the dark, where their colours alone differ, some."""
    visit.sign_in(STAFF, PASSWORD)
    for model in MODELS if visit.screen.theme == "light" else DARK:
        name = model.lower().replace(".", "_")
        visit.open(reverse(f"admin:{name}_changelist"))
        visit.look(f"staff-list-{name}")
