"""One's own account in a browser: a second step turned on and used, passwords, sessions."""

from collections.abc import Callable

from axes.models import AccessAttempt
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from locations.models import User
from tests.browser.conftest import DESK, Visit, on_a_phone
from tests.browser.world import PASSWORD
from tests.factories import make_location, make_member

NEW_PASSWORD = "another one that is long enough"


@on_a_phone
def test_a_second_step_is_turned_on_and_used(visit: Visit) -> None:
    member = _member("second@example.org")
    visit.sign_in(member.email, PASSWORD)
    visit.open("/account/")
    expect(visit.page.get_by_text("here, now")).to_be_visible()
    visit.check("account", closely=True)
    visit.open("/account/password/")
    visit.check("change-password")
    visit.open("/account/second-step/")
    visit.check("second-step-setup")
    device = TOTPDevice.objects.get(user=member)
    code = TOTP(device.bin_key, device.step, device.t0, device.digits).token()
    visit.page.get_by_label("Code").fill(f"{code:06}")
    visit.page.get_by_role("button", name="Turn it on").click()
    recovery = visit.page.locator(".codes code").first.inner_text()
    visit.check("recovery-codes")
    visit.page.get_by_role("link", name="I have kept them").click()
    expect(visit.page.get_by_text("10 recovery codes are left")).to_be_visible()
    visit.check("account-with-second-step")

    visit.page.context.clear_cookies()
    visit.sign_in(member.email, PASSWORD)
    visit.check("second-step")
    visit.page.get_by_label("Code").fill(recovery)
    visit.page.get_by_role("button", name="Sign in").click()
    visit.open("/account/")
    expect(visit.page.get_by_text("9 recovery codes are left")).to_be_visible()


@on_a_phone
def test_a_lost_password_is_asked_for_and_a_new_one_set(visit: Visit) -> None:
    page = visit.page
    member = _member("lost@example.org")
    visit.open("/sign-in/")
    visit.check("sign-in")
    page.get_by_role("link", name="Lost your password?").click()
    expect(page.get_by_role("button", name="Mail me a link")).to_be_visible()
    visit.check("lost-password")
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    visit.check("lost-password-sent")
    visit.open("/new-password/MQ/set-password/")
    expect(page.get_by_role("heading", name="does not work any more")).to_be_visible()
    visit.check("new-password-expired")
    member.refresh_from_db()
    mailed = urlsafe_base64_encode(force_bytes(member.pk))
    visit.open(f"/new-password/{mailed}/{default_token_generator.make_token(member)}/")
    page.get_by_label("New password", exact=True).fill("12345")
    page.get_by_label("New password confirmation").fill("12345")
    page.get_by_role("button", name="Set the password").click()
    expect(page.locator(".errors").first).to_be_visible()
    visit.check("new-password-refused")
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password confirmation").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", name="Your new password is set")).to_be_visible()
    visit.check("new-password-set")
    visit.sign_in(member.email, NEW_PASSWORD)
    expect(page.get_by_role("heading", name="Credit Usage")).to_be_visible()


def test_a_password_is_changed_and_other_sessions_are_ended(
    new_visit: Callable[..., Visit],
) -> None:
    member = _member("change@example.org")
    elsewhere, visit = new_visit(DESK), new_visit(DESK)
    for each in (elsewhere, visit):
        each.sign_in(member.email, PASSWORD)
    page = visit.page
    visit.open("/account/")
    expect(page.locator(".sessions li")).to_have_count(2)
    visit.check("account-two-sessions")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.locator(".sessions li")).to_have_count(1)
    visit.check("account-one-session")
    elsewhere.open("/account/")
    expect(elsewhere.page.get_by_role("heading", name="Sign in")).to_be_visible()
    visit.open("/account/password/")
    page.locator("[name=old_password]").fill("not the one")
    page.locator("[name=new_password1]").fill(NEW_PASSWORD)
    page.locator("[name=new_password2]").fill(NEW_PASSWORD)
    page.locator("main").get_by_role("button").first.click()
    expect(page.locator(".errors").first).to_be_visible()
    visit.check("change-password-refused")
    page.locator("[name=old_password]").fill(PASSWORD)
    page.locator("[name=new_password1]").fill(NEW_PASSWORD)
    page.locator("[name=new_password2]").fill(NEW_PASSWORD)
    page.locator("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    visit.check("account-password-changed")


def test_guessing_is_throttled_and_says_how_long(visit: Visit) -> None:
    """The same words for an address that nobody signs in with."""
    somebody = _member("guess@example.org")
    for email in (somebody.email, "nobody@example.org"):
        AccessAttempt.objects.create(
            username=email,
            ip_address="127.0.0.1",
            user_agent="",
            get_data="",
            post_data="",
            path_info="/sign-in/",
            http_accept="",
            failures_since_start=9,
        )
        visit.sign_in(email, "a wrong password")
        expect(visit.page.get_by_role("heading", name="Too many tries")).to_be_visible()
        visit.expect_refusal(429)
    visit.check("locked-out")


def _member(email: str) -> User:
    """Somebody else for each test: passwords change, and whoever guesses is locked out."""
    return make_member(make_location(), email=email, password=PASSWORD)
