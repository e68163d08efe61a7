"""Signing in and out."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db.models.functions import Now
from django.test import Client
from django.utils.http import urlencode

from locations.models import Session, User
from tests.factories import make_location, make_member, make_user
from tests.reports.pages import words

PASSWORD = "a long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_member(make_location(), email="dana@example.org", password=PASSWORD)


def sign_in(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def test_sign_in_leads_to_credit_usage_of_the_only_location(client: Client, user: User) -> None:
    answer = sign_in(client, "Dana@Example.ORG", PASSWORD)
    assert answer["Location"] == "/"
    location = user.memberships.get().location
    assert location is not None
    assert client.get("/")["Location"] == f"/locations/{location.pk}/credit-usage/"


def test_sign_in_leads_back_to_the_requested_page(client: Client, user: User) -> None:
    assert sign_in(client, user.email, PASSWORD, next="/locations/3/")["Location"] == (
        "/locations/3/"
    )
    client.post("/sign-out/")
    elsewhere = sign_in(client, user.email, PASSWORD, next="https://elsewhere.example/")
    assert elsewhere["Location"] == "/"


def test_wrong_sign_in_does_not_reveal_who_exists(client: Client, user: User) -> None:
    make_user("gone@example.org", PASSWORD, is_active=False)
    errors = set()
    for email, password in [
        (user.email, "wrong"),
        ("nobody@example.org", "wrong"),
        ("gone@example.org", PASSWORD),
    ]:
        answer = sign_in(client, email, password)
        assert answer.status_code == 200
        errors.add(str(answer.context["form"].non_field_errors()))
    assert len(errors) == 1
    assert "do not go together" in errors.pop()


@pytest.mark.parametrize("email", ["", "no address", "a\x00b@example.org", "x" * 400 + "@a.org"])
def test_invalid_address_is_an_error_of_its_field(client: Client, email: str) -> None:
    answer = sign_in(client, email, "\x00")
    assert answer.status_code == 200
    assert answer.context["form"].errors["username"]


def test_ten_wrong_passwords_lock_the_address_out(client: Client, user: User) -> None:
    spellings = [user.email, user.email.upper()]
    answers = [
        sign_in(client, spellings[number % 2], "wrong")
        for number in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert [answer.status_code for answer in answers[:-1]] == [200] * len(answers[:-1])
    right = sign_in(client, user.email, PASSWORD)
    for answer in (answers[-1], right):
        assert answer.status_code == 429
        assert "Wait 15 minutes" in words(answer)


def test_signing_out_takes_a_post(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/")["Location"] == "/sign-in/?next=/"


def test_form_without_csrf_token_is_refused_with_an_explanation(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, user.email, PASSWORD)
    assert answer.status_code == 403
    assert "too old to be trusted" in answer.text


@pytest.mark.parametrize(
    ("current", "back"),
    [
        (
            "http://testserver/locations/3/credit-usage/?range=term",
            "/locations/3/credit-usage/?range=term",
        ),
        ("https://elsewhere.example/x?y=1#z", "/x?y=1"),
        ("", "/"),
    ],
)
def test_htmx_request_sends_the_whole_page_to_the_sign_in(
    client: Client, user: User, current: str, back: str
) -> None:
    location = user.memberships.get().location
    assert location is not None
    part = f"/locations/{location.pk}/reports/newest/"
    answer = client.get(part, headers={"HX-Request": "true", "HX-Current-URL": current})
    assert answer.status_code == 204
    sign_in_page = answer["HX-Redirect"]
    assert sign_in_page == f"/sign-in/?{urlencode({'next': back})}"
    assert client.get(sign_in_page).context["next"] == back
    assert client.get(part)["Location"] == f"/sign-in/?next={part}"


def test_htmx_redirect_elsewhere_is_unchanged(client: Client, user: User) -> None:
    client.force_login(user)
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 302
    assert "HX-Redirect" not in answer


@pytest.mark.parametrize("who", ["known", "unknown", "switched off", "without a password"])
def test_failed_sign_in_hashes_one_password_for_any_address(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """So that the time that an answer takes does not tell who exists either."""
    email = user.email if who != "unknown" else "nobody@example.org"
    if who == "switched off":
        User.objects.update(is_active=False)
    if who == "without a password":
        User.objects.update(password="!")
    hashed: list[str] = []
    for name in ("encode", "verify"):
        meant = getattr(Argon2PasswordHasher, name)

        def counted(self: Any, *given: Any, meant: Any = meant) -> Any:
            hashed.append(meant.__name__)
            return meant(self, *given)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    assert sign_in(client, email, "wrong").status_code == 200
    assert len(hashed) == 1


def test_unknown_address_is_locked_out_like_a_known_one(client: Client, user: User) -> None:
    closed = []
    for email in (user.email, "nobody@example.org"):
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = sign_in(client, email, "wrong")
        closed.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)))
    assert closed[0][0] == 429
    assert closed[0] == closed[1]


def test_expired_session_is_anonymous(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    Session.objects.update(expire_date=Now())
    assert client.get("/account/")["Location"] == "/sign-in/?next=/account/"


def test_inactive_user_is_signed_out_at_once(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/account/")["Location"] == "/sign-in/?next=/account/"


@pytest.mark.parametrize("cookie", ['"abcdefgh\\000ij"', "short", "nobody-has-this-one"])
def test_unknown_session_cookie_is_anonymous(client: Client, cookie: str) -> None:
    answer = client.get("/account/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    assert answer["Location"] == "/sign-in/?next=/account/"
