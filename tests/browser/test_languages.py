"""Planning and acting in French, Spanish and Portuguese, from the sign-in page on: each page once.

Headings are held against the catalogues; that words are not cut, broken or English, people see on
the pictures.
"""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from ledger.models import CreditRequest
from ledger.requests import credit_requests
from locations.models import Location, Role, User
from reports.alerts import evaluate
from reports.estimates import jobs
from reports.models import LongEstimate
from tests.browser.conftest import PHONE, Visit
from tests.browser.world import PASSWORD, World, chats, located
from tests.factories import FRANCE, GERMANY, MEXICO, make_account, make_user

LANGUAGES = {"fr": "Français", "es": "Español", "pt-br": "Português (Brasil)"}
TOO_LATE = "Something went wrong; it is in the log. Try again later."
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
        self.check(name)

    def check(self, name: str, *, within: str | None = None) -> None:
        """In the light alone: the English pages are checked in the dark, with the same colours."""
        self.visit.check(f"{self.language}-{name}", within=within, themed=False)

    def press(self, english: str) -> None:
        self.page.locator("main").get_by_role("button", name=self.said(english)).first.click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_planning_and_acting_in_ones_language(
    new_visit: Callable[..., Visit], world: World, language: str
) -> None:
    reading = Reading(new_visit(PHONE), language)
    reader, own = _reader(world, language)
    _sign_in(reading, reader)
    _estimates(reading, world)
    _estimates_a_long_list(reading, own, reader)
    _asks_for_credits(reading, own, world.staff)
    _sets_an_alert(reading, own, reader)
    _looks_at_all_locations(reading, world)
    _looks_after_the_account(reading, reader)


def _reader(world: World, language: str) -> tuple[User, Location]:
    """Who manages the locations of the world, and one more: to act in."""
    user = make_user(f"{language}@example.org", PASSWORD, full_name="Noé Muñoz Conceição")
    own = located(make_account(), f"Harbor {LANGUAGES[language]}")
    chats(own, range(20, 0, -1))
    for account in (world.healthy.account, own.account):
        user.memberships.create(role=Role.ACCOUNT_ADMIN, account=account)
    return user, own


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


def _estimates_a_long_list(reading: Reading, own: Location, reader: User) -> None:
    """The live product has no worker: each state is there for as long as it is looked at."""
    asked = jobs.request_long_estimate(
        own,
        content=BytesIO(NUMBERS.encode()),
        is_file=False,
        channel="text",
        requested_by=reader,
        at=timezone.now(),
    )
    rows = LongEstimate.objects.filter(pk=asked.pk)
    address = f"/locations/{own.pk}/estimate/{asked.pk}/"
    reading.visit.open(address)
    reading.see("Your list is being priced", "long-estimate-waiting")
    rows.update(state="running", rows_done=41_000, rows_total=64_000)
    reading.visit.open(address)
    reading.see("Your list is being priced", "long-estimate-running")
    rows.update(state="queued", rows_done=0, rows_total=None)
    jobs.run_long_estimate(str(asked.pk), clock=timezone.now)
    reading.visit.open(address)
    reading.see("What now?", "long-estimate-ready")
    rows.update(state="failed", figures=None, failure=reading.said(TOO_LATE))
    reading.visit.open(address)
    reading.see("The list could not be priced", "long-estimate-failed")


def _asks_for_credits(reading: Reading, own: Location, staff: User) -> None:
    visit, page = reading.visit, reading.page
    visit.open(f"/locations/{own.pk}/credits/")
    page.locator("[name=choice]").first.check()
    page.locator("[name=reference]").fill("PO-1")
    reading.press("Send the request")
    expect(page.locator(".credit-requests li").first).to_be_visible()
    asked = CreditRequest.objects.get(location=own)
    credit_requests.approve(asked.pk, decided_by=staff, at=timezone.now(), answer="OK")
    page.reload()
    reading.see("Request credits", "buy")


def _sets_an_alert(reading: Reading, own: Location, reader: User) -> None:
    visit, page = reading.visit, reading.page
    visit.open(f"/locations/{own.pk}/alerts/")
    page.locator("[name=below_credits]").fill("100000")
    page.locator(f"[name=members][value='{reader.pk}']").check()
    reading.press("Save")
    expect(page.get_by_role("status")).to_be_visible()
    evaluate.evaluate_alert(own.pk, at=timezone.now())
    page.reload()
    reading.see("Alerts", "alerts")
    visit.open(f"/locations/{own.pk}/credit-usage/")
    reading.see("Credit Usage", "credit-usage-with-banner")


def _looks_at_all_locations(reading: Reading, world: World) -> None:
    visit, page = reading.visit, reading.page
    visit.open(f"/accounts/{world.healthy.account_id}/")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.get_by_role("link", name=reading.said("Runs out on"))).to_be_visible()
    reading.check("account")
    page.get_by_role("link", name="Harbor Utrecht").click()
    page.locator(".title summary").click()
    reading.check("switcher", within="details[open]")


def _looks_after_the_account(reading: Reading, reader: User) -> None:
    visit, page = reading.visit, reading.page
    for path, heading, name in (
        ("/account/", "Your account", "own-account"),
        ("/account/password/", "Change your password", "change-password"),
        ("/account/second-step/", "Turn on the second step", "second-step-setup"),
    ):
        visit.open(path)
        reading.see(heading, name)
    device = TOTPDevice.objects.get(user=reader)
    code = TOTP(device.bin_key, device.step, device.t0, device.digits).token()
    page.locator("[name=code]").fill(f"{code:06}")
    reading.press("Turn it on")
    reading.see("Your recovery codes", "recovery-codes")
    recovery = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name=reading.said("I have kept them")).click()
    reading.see("Your account", "own-account-with-second-step")
    visit.page.context.clear_cookies()
    visit.open("/sign-in/")
    page.get_by_role("button", name=LANGUAGES[reading.language]).click()
    page.get_by_role("link", name=reading.said("Lost your password?")).click()
    reading.see("Lost your password?", "lost-password")
    page.locator("[name=email]").fill("nobody@example.org")
    reading.press("Mail me a link")
    reading.see("Look at your mail", "lost-password-sent")
    visit.open("/new-password/MQ/set-password/")
    reading.see("This link does not work any more", "new-password-expired")
    visit.open("/sign-in/")
    page.locator("[name=username]").fill(reader.email)
    page.locator("[name=password]").fill(PASSWORD)
    reading.press("Sign in")
    reading.see("Your code", "second-step")
    page.locator("[name=code]").fill(recovery)
    reading.press("Sign in")
    reading.see("Choose a location", "locations-again")
