"""Two-factor sign-in, and staff who must have it."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from locations.models import User
from locations.users import two_factor
from tests.factories import make_location, make_member, make_user

PASSWORD = "a long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_member(make_location(), email="dana@example.org", password=PASSWORD)


def app_code(user: User, *, ahead: int = 0) -> str:
    """What the app shows now, or some half minutes later."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06}"


def turn_on(user: User) -> list[str]:
    two_factor.begin_setup(user)
    codes = two_factor.confirm(user, app_code(user))
    assert codes is not None
    # Each code works once: the next sign-in would have to wait for half a minute.
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    return codes


def give_password(client: Client, user: User, **more: str) -> Any:
    return client.post("/sign-in/", {"username": user.email, "password": PASSWORD, **more})


def give_code(client: Client, code: str) -> Any:
    return client.post("/sign-in/code/", {"code": code})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_two_factor_is_turned_on_with_a_code(user: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(user)
    page = here.get("/account/second-step/")
    assert page.text.count("data:image/svg+xml") == 1
    assert two_factor.readable_secret(TOTPDevice.objects.get(user=user)) in page.text
    assert "not right" in here.post("/account/second-step/", {"code": "x"}).text
    assert not two_factor.is_on(user)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    answer = here.post("/account/second-step/", {"code": app_code(user)})
    codes = answer.context["codes"]
    assert len(set(codes)) == two_factor.RECOVERY_CODES
    assert all(code in answer.text for code in codes)
    assert two_factor.is_on(user)


def test_setup_keeps_its_secret(user: User) -> None:
    assert two_factor.begin_setup(user) == two_factor.begin_setup(user)


def test_signing_in_then_takes_a_code(client: Client, user: User) -> None:
    turn_on(user)
    answer = give_password(client, user, next="/locations/3/")
    assert answer["Location"] == "/sign-in/code/"
    assert not is_signed_in(client)
    assert give_code(client, "000000").status_code == 200
    assert not is_signed_in(client)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert give_code(client, app_code(user))["Location"] == "/locations/3/"
    assert is_signed_in(client)


def test_a_code_works_once(user: User) -> None:
    turn_on(user)
    first, second = Client(), Client()
    code = app_code(user)
    for client in (first, second):
        give_password(client, user)
        give_code(client, f" {code[:3]} {code[3:]} ")
    assert [is_signed_in(client) for client in (first, second)] == [True, False]


def test_a_recovery_code_signs_in_once(user: User) -> None:
    codes = turn_on(user)
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client, user)
        give_code(client, codes[0].upper())
    assert [is_signed_in(client) for client in (first, second)] == [True, False]
    assert two_factor.count_recovery_codes(user) == len(codes) - 1


def test_guessing_is_throttled(client: Client, user: User) -> None:
    turn_on(user)
    give_password(client, user)
    for _ in range(3):
        give_code(client, "000000")
    give_code(client, app_code(user))
    assert not is_signed_in(client)


def test_pending_sign_in_expires(client: Client, user: User) -> None:
    turn_on(user)
    give_password(client, user)
    session = client.session
    session["second_step"] = {**session["second_step"], "at": time.time() - 601}
    session.save()
    assert give_code(client, app_code(user))["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_without_a_password_there_is_no_second_step(client: Client, user: User) -> None:
    turn_on(user)
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert give_code(client, app_code(user))["Location"] == "/sign-in/"


def test_user_deactivated_between_steps_cannot_sign_in(client: Client, user: User) -> None:
    turn_on(user)
    give_password(client, user)
    User.objects.update(is_active=False)
    assert give_code(client, app_code(user)).status_code == 200


def signed_in(user: User) -> Client:
    client = Client()
    give_password(client, user)
    give_code(client, app_code(user))
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    return client


def test_turning_it_off_takes_a_code(user: User) -> None:
    turn_on(user)
    client = signed_in(user)
    client.post("/account/second-step/change/", {"code": "wrong", "off": "1"})
    assert two_factor.is_on(user)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    client.post("/account/second-step/change/", {"code": app_code(user), "off": "1"})
    assert not two_factor.is_on(user)
    assert StaticToken.objects.count() == 0
    assert give_password(Client(), user)["Location"] == "/"


def test_new_recovery_codes_replace_the_old(user: User) -> None:
    old = turn_on(user)
    client = signed_in(user)
    new = client.post("/account/second-step/change/", {"code": app_code(user)}).context["codes"]
    assert len(new) == two_factor.RECOVERY_CODES
    assert not set(new) & set(old)
    assert two_factor.count_recovery_codes(user) == two_factor.RECOVERY_CODES


# --- Staff ------------------------------------------------------------------------------------


@pytest.fixture
def staff(settings: Any) -> User:
    settings.STAFF_REQUIRE_TWO_FACTOR = True
    return make_user("staff@example.org", PASSWORD, is_staff=True, is_superuser=True)


@pytest.mark.parametrize("address", ["/", "/staff/", "/account/", "/staff/locations/user/"])
def test_staff_without_one_set_it_up_first(client: Client, staff: User, address: str) -> None:
    client.force_login(staff)
    assert client.get(address)["Location"] == "/account/second-step/"
    assert "Set yours up to go on" in client.get("/account/second-step/").text


def test_staff_with_one_go_everywhere(client: Client, staff: User) -> None:
    client.force_login(staff)
    client.get("/account/second-step/")
    client.post("/account/second-step/", {"code": app_code(staff)})
    assert client.get("/staff/").status_code == 200


def test_a_session_from_before_it_was_turned_on_ends(client: Client, staff: User) -> None:
    client.force_login(staff)
    turn_on(staff)
    assert client.get("/staff/", follow=True).redirect_chain[-1][0] == "/sign-in/"


def test_other_users_need_no_second_factor(client: Client, staff: User, user: User) -> None:
    client.force_login(user)
    assert client.get("/account/").status_code == 200


def test_staff_turn_off_a_lost_one_and_see_no_secret(client: Client, user: User) -> None:
    turn_on(user)
    client.force_login(make_user("boss@example.org", is_staff=True, is_superuser=True))
    client.post(
        reverse("admin:locations_user_changelist"),
        {"action": "turn_off_second_step", "_selected_action": [user.pk]},
    )
    assert not two_factor.is_on(user)
    assert "otp" not in client.get("/staff/").text.lower()
