"""The language of pages and mails."""

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from locations.models import Language, User
from locations.users import password_reset
from tests.factories import NOON, make_location, make_member, make_user
from tests.reports.pages import actions, page

PASSWORD = "a long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_member(make_location(), email="dana@example.org", password=PASSWORD)


@pytest.fixture
def signed_in(user: User, client: Client) -> Client:
    client.force_login(user)
    return client


def choose(client: Client, language: str, **more: str) -> Any:
    return client.post("/language/", {"language": language, "next": "/account/", **more})


def language_of(answer: HttpResponse) -> tuple[str, str]:
    """What the page says it is in, and what the header says."""
    page = answer.content.decode()
    return page.split('<html lang="', 1)[1].split('"', 1)[0], answer.headers["Content-Language"]


def test_users_may_choose_what_the_settings_offer() -> None:
    assert Language.choices == settings.LANGUAGES


def test_the_database_knows_the_languages(user: User) -> None:
    with pytest.raises(IntegrityError, match="user_language_known"):
        User.objects.filter(pk=user.pk).update(language="xx")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("es-MX", "es"),
        ("pt-PT,pt;q=0.9", "pt-br"),
        ("pt-BR", "pt-br"),
        ("de-DE,de;q=0.9", "en"),
        ("*;q=0.5,\x7f", "en"),
    ],
)
def test_anonymous_user_reads_the_browsers_language(
    client: Client, accepted: str, language: str
) -> None:
    answer = client.get("/sign-in/", headers={"Accept-Language": accepted})

    assert language_of(answer) == (language, language)


def test_anonymous_choice_is_saved_in_an_http_only_cookie(client: Client) -> None:
    answer = client.post("/language/", {"language": "fr", "next": "/sign-in/"})

    cookie = answer.cookies["language"]
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("fr", True, "Lax")
    page = client.get("/sign-in/", headers={"Accept-Language": "es"})
    assert language_of(page) == ("fr", "fr")


def test_choice_is_saved_with_the_user(signed_in: Client, user: User) -> None:
    choose(signed_in, "es")

    user.refresh_from_db()
    assert user.language == "es"
    elsewhere = Client(headers={"Accept-Language": "fr"})
    elsewhere.cookies["language"] = "pt-br"
    elsewhere.force_login(user)
    assert language_of(elsewhere.get("/account/")) == ("es", "es")


def test_first_sign_in_saves_the_language_of_its_page(user: User) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.post("/sign-in/", {"username": user.email, "password": PASSWORD})

    user.refresh_from_db()
    assert user.language == "fr"
    client = Client(headers={"Accept-Language": "es"})
    client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    user.refresh_from_db()
    assert user.language == "fr"


def test_language_does_not_leak_to_the_next_user(signed_in: Client, client: Client) -> None:
    choose(signed_in, "fr")
    signed_in.get("/account/")

    assert language_of(Client().get("/sign-in/")) == ("en", "en")
    assert language_of(Client().get("/nothing-here/")) == ("en", "en")


def test_saved_language_takes_no_query(signed_in: Client, user: User) -> None:
    with CaptureQueriesContext(connection) as without:
        signed_in.get("/account/")
    User.objects.filter(pk=user.pk).update(language="es")
    with CaptureQueriesContext(connection) as chosen:
        signed_in.get("/account/")
    assert len(chosen) == len(without)
    with CaptureQueriesContext(connection) as stranger:
        Client().get("/sign-in/")
    assert len(stranger) == 0


@pytest.mark.parametrize("language", ["", "xx", "de", "../../etc", "fr\x00"])
def test_a_language_that_is_not_offered_changes_nothing(
    signed_in: Client, user: User, language: str
) -> None:
    answer = choose(signed_in, language)

    user.refresh_from_db()
    assert (answer.status_code, user.language, "language" in answer.cookies) == (400, "", False)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_choosing_redirects_to_this_host_only(signed_in: Client, address: str) -> None:
    answer = signed_in.post("/language/", {"language": "fr", "next": address})

    assert answer.headers["Location"] == "/"


def test_language_is_chosen_by_post_only(signed_in: Client) -> None:
    assert signed_in.get("/language/?language=fr").status_code == 405


def test_every_page_offers_the_languages_and_a_posted_one_does_not(
    signed_in: Client, client: Client
) -> None:
    for answer in (Client().get("/sign-in/"), signed_in.get("/account/")):
        assert "/language/" in actions(answer)
        buttons = page(answer).xpath('//button[@name="language"]')
        assert [(button.get("value"), button.text) for button in buttons] == [
            ("en", "English"),
            ("fr", "Français"),
            ("es", "Español"),
            ("pt-br", "Português (Brasil)"),
        ]
    # Choosing leads back by GET: what was posted, recovery codes say, would be gone.
    posted = Client().post("/sign-in/", {"username": "x@example.org", "password": "wrong"})
    assert "/language/" not in actions(posted)


def test_the_api_speaks_english_whatever_is_accepted(client: Client) -> None:
    client.cookies["language"] = "fr"
    answer = client.get("/api/v1/nothing", headers={"Accept-Language": "fr"})

    assert answer.headers["Content-Language"] == "en"
    assert answer.json()["title"] == "There is nothing at this address"


def test_a_link_for_a_lost_password_comes_in_the_users_language() -> None:
    make_user("anne@example.org", password=PASSWORD, language="fr")
    password_reset.mail_link("anne@example.org", at=NOON)

    html = mail.outbox[0].alternatives[0].content  # type: ignore[attr-defined]
    assert '<html lang="fr">' in html
