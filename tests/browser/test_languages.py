"""Planning and acting in French, Spanish and Portuguese, from the sign-in page on: each page once.

Headings are held against the catalogues; that words are not cut, broken or English, people see on
the pictures.
"""

from collections.abc import Callable

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from ledger import buying
from ledger.models import Bundle, CreditRequest
from locations.models import User
from reports import alerting
from reports.models import Alert
from tests.browser.conftest import Screen, Visit
from tests.browser.world import PASSWORD, World
from tests.factories import FRANCE, GERMANY, MEXICO, make_user

PHONE, DESK = Screen(390, "light"), Screen(1280, "light")
LANGUAGES = {"fr": "Français", "es": "Español", "pt-br": "Português (Brasil)"}
NUMBERS = "\n".join([MEXICO, FRANCE, GERMANY, "Ana"])


class Reading:
    """A visit by somebody who reads one language; `said` is what English says, in it."""

    def __init__(self, visit: Visit, language: str) -> None:
        self.visit, self.page, self.language = visit, visit.page, language

    def said(self, english: str) -> str:
        with override(self.language):
            words = gettext(english)
        assert words != english
        return words

    def see(self, heading: str, name: str) -> None:
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)
        expect(self.page.get_by_role("heading", name=self.said(heading)).first).to_be_visible()
        self.visit.look(f"{self.language}-{name}")

    def press(self, english: str) -> None:
        self.page.locator("main").get_by_role("button", name=self.said(english)).first.click()


@pytest.fixture(scope="module")
def staff(world: World) -> User:
    Bundle.objects.create(name="5,000", credits=5000, price="EUR 400", position=1)
    Bundle.objects.create(name="20,000", credits=20_000, position=2)
    return make_user("staff@example.org", full_name="Sam Staff", is_staff=True)


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_planning_and_acting_in_ones_language(
    new_visit: Callable[..., Visit], world: World, staff: User, language: str, screen: Screen
) -> None:
    reading = Reading(new_visit(screen), language)
    reader = _reader(world, f"{language}{screen.width}@example.org")
    _sign_in(reading, reader)
    _estimates(reading, world)
    _asks_for_credits(reading, world, staff)
    _sets_an_alert(reading, world, reader)
    _looks_at_all_locations(reading, world)
    _looks_after_the_account(reading)


def _reader(world: World, email: str) -> User:
    user = make_user(email, PASSWORD, full_name="Noé Muñoz Conceição")
    account = world.healthy.account
    user.memberships.create(role="account_admin", account=account)
    return user


def _sign_in(reading: Reading, reader: User) -> None:
    """The language is chosen before the sign-in, and kept with whoever signs in."""
    visit, page = reading.visit, reading.page
    visit.open("/sign-in/")
    page.get_by_role("button", name=LANGUAGES[reading.language]).click()
    reading.see("Sign in", "sign-in")
    page.locator("[name=username]").fill(reader.email)
    page.locator("[name=password]").fill(PASSWORD)
    reading.press("Sign in")
    reading.see("Choose a location", "locations")
    reader.refresh_from_db()
    assert reader.language == reading.language


def _estimates(reading: Reading, world: World) -> None:
    visit, page = reading.visit, reading.page
    visit.open(f"/locations/{world.healthy.pk}/estimate/")
    reading.see("Before you send", "estimate-form")
    page.locator("[name=numbers]").fill(NUMBERS)
    reading.press("Estimate")
    expect(page.locator("#cost-head")).to_be_visible()
    reading.see("Before you send", "estimate")
    visit.open(f"/locations/{world.overdrawn.pk}/estimate/")
    page.locator("[name=numbers]").fill("\n".join([MEXICO] * 40))
    reading.press("Estimate")
    expect(page.locator("#cost-head")).to_be_visible()
    reading.see("Before you send", "estimate-missing")
    visit.open(f"/locations/{world.healthy.pk}/estimate/?from=file")
    reading.see("Before you send", "estimate-from-file")


def _asks_for_credits(reading: Reading, world: World, staff: User) -> None:
    visit, page = reading.visit, reading.page
    visit.open(f"/locations/{world.renewed.pk}/credits/")
    page.locator("[name=choice]").first.check()
    reference = f"PO-{reading.language}-{visit.screen}"
    page.locator("[name=reference]").fill(reference)
    reading.press("Send the request")
    asked = CreditRequest.objects.get(reference=reference)
    buying.approve(asked.pk, decided_by=staff, at=timezone.now(), answer="OK")
    page.reload()
    reading.see("Request credits", "buy")


def _sets_an_alert(reading: Reading, world: World, reader: User) -> None:
    visit, page = reading.visit, reading.page
    Alert.objects.filter(location=world.healthy).delete()
    visit.open(f"/locations/{world.healthy.pk}/alerts/")
    page.locator("[name=below_credits]").fill("100000")
    page.locator(f"[name=members][value='{reader.pk}']").check()
    reading.press("Save")
    alerting.look(world.healthy.pk, at=timezone.now())
    page.reload()
    reading.see("Alerts", "alerts")
    visit.open(f"/locations/{world.healthy.pk}/credit-usage/")
    reading.see("Credit Usage", "credit-usage-with-banner")


def _looks_at_all_locations(reading: Reading, world: World) -> None:
    visit, page = reading.visit, reading.page
    visit.open(f"/accounts/{world.healthy.account_id}/")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.get_by_role("link", name=reading.said("Runs out on"))).to_be_visible()
    visit.look(f"{reading.language}-account")
    page.get_by_role("link", name="Harbor Utrecht").click()
    page.locator(".title summary").click()
    visit.look(f"{reading.language}-switcher", within="details[open]")


def _looks_after_the_account(reading: Reading) -> None:
    visit = reading.visit
    for path, heading, name in (
        ("/account/", "Your account", "own-account"),
        ("/account/password/", "Change your password", "change-password"),
        ("/account/second-step/", "Turn on the second step", "second-step-setup"),
    ):
        visit.open(path)
        reading.see(heading, name)
