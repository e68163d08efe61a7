"""One's own account in a browser: a second step turned on and used, passwords, sessions."""

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests.browser.conftest import Screen, Visit
from tests.browser.world import PASSWORD, World
from tests.factories import make_location, make_member


def test_a_second_step_is_turned_on_and_used(visit: Visit, world: World, screen: Screen) -> None:
    email = f"{screen.theme}{screen.width}@example.org"
    member = make_member(
        make_location(account=world.healthy.account), email=email, password=PASSWORD
    )
    visit.sign_in(email, PASSWORD)
    visit.open("/account/")
    expect(visit.page.get_by_text("here, now")).to_be_visible()
    visit.look("account")
    visit.open("/account/password/")
    visit.look("change-password")
    visit.open("/account/second-step/")
    visit.look("second-step-setup")
    device = TOTPDevice.objects.get(user=member)
    code = TOTP(device.bin_key, device.step, device.t0, device.digits).token()
    visit.page.get_by_label("Code").fill(f"{code:06}")
    visit.page.get_by_role("button", name="Turn it on").click()
    recovery = visit.page.locator(".codes code").first.inner_text()
    visit.look("recovery-codes")
    visit.page.get_by_role("link", name="I have kept them").click()
    expect(visit.page.get_by_text("10 recovery codes are left")).to_be_visible()
    visit.look("account-with-second-step")

    visit.page.context.clear_cookies()
    visit.sign_in(email, PASSWORD)
    visit.look("second-step")
    visit.page.get_by_label("Code").fill(recovery)
    visit.page.get_by_role("button", name="Sign in").click()
    visit.open("/account/")
    expect(visit.page.get_by_text("9 recovery codes are left")).to_be_visible()


def test_a_lost_password_is_asked_for(visit: Visit, world: World) -> None:
    visit.open("/sign-in/")
    visit.page.get_by_role("link", name="Lost your password?").click()
    visit.look("lost-password")
    visit.page.get_by_label("E-mail address").fill(world.manager.email)
    visit.page.get_by_role("button", name="Mail me a link").click()
    expect(visit.page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    visit.look("lost-password-sent")
    visit.open("/new-password/MQ/set-password/")
    expect(visit.page.get_by_role("heading", name="does not work any more")).to_be_visible()
    visit.look("new-password-expired")
