"""A code that is sent several times at once signs in once."""

import time

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from locations.models import User
from locations.users import two_factor
from tests.databases import Clone
from tests.factories import make_user
from tests.processes import race

PASSWORD = "a long enough password"

pytestmark = pytest.mark.processes


@pytest.fixture
def user(cloned_database: Clone) -> User:
    user = make_user("dana@example.org", PASSWORD)
    device = two_factor.begin_setup(user)
    assert two_factor.confirm(user, code_of(device)) is not None
    TOTPDevice.objects.update(last_t=-1)
    return user


def code_of(device: TOTPDevice) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06}"


def signs_in(code: str) -> bool:
    client = Client()
    client.post("/sign-in/", {"username": "dana@example.org", "password": PASSWORD})
    client.post("/sign-in/code/", {"code": code})
    return client.get("/account/").status_code == 200


def test_app_code_is_accepted_once(user: User) -> None:
    code = code_of(TOTPDevice.objects.get())
    outcomes = race(signs_in, [{"code": code}] * 4)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.value for outcome in outcomes) == 1


def test_recovery_code_is_accepted_once(user: User) -> None:
    code = StaticToken.objects.order_by("pk")[0].token
    outcomes = race(signs_in, [{"code": code}] * 4)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.value for outcome in outcomes) == 1
    assert two_factor.count_recovery_codes(user) == two_factor.RECOVERY_CODES - 1
