"""The account page: password, sessions, lost password."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from locations.models import Session, User
from locations.users import password_reset, sessions
from locations.users.sessions import browser_name
from tests.factories import NOON, make_location, make_member, make_user
from tests.queries import count_queries

PASSWORD = "a long enough password"
ANOTHER = "another long password"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_member(make_location(), email="dana@example.org", password=PASSWORD)


def signed_in(user: User, password: str = PASSWORD, **headers: str) -> Client:
    client = Client()
    answer = client.post(
        "/sign-in/", {"username": user.email, "password": password}, headers=headers
    )
    assert answer.status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize("address", ["/account/", "/account/password/", "/account/sessions/end/"])
def test_account_page_needs_its_owner(client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith("/sign-in/")


def test_account_lists_sessions(user: User) -> None:
    here = signed_in(user, **{"user-agent": FIREFOX})
    signed_in(user, **{"user-agent": "curl/8.0"})
    page = here.get("/account/").text
    assert page.index("Unknown browser") < page.index("Firefox, Windows")
    assert [page.count(said) for said in ("Unknown browser", "Firefox,", "here, now")] == [1, 1, 1]
    for session in Session.objects.all():
        assert session.session_key not in page


def test_account_query_count_is_fixed(user: User) -> None:
    here = signed_in(user)
    here.get("/account/")
    few = count_queries(lambda: here.get("/account/"))
    for _ in range(2):
        signed_in(user)
    assert count_queries(lambda: here.get("/account/")) == few


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
            "Edge, Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_browser_names(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


def test_a_session_can_be_ended_from_another(user: User) -> None:
    here, there, elsewhere = (signed_in(user) for _ in range(3))
    name = Session.objects.get(session_key=there.session.session_key).name
    answer = here.post("/account/sessions/end/", {"session": name}, follow=True)
    assert "Signed out there." in answer.text
    assert [is_signed_in(client) for client in (here, there, elsewhere)] == [True, False, True]


def test_all_other_sessions_can_be_ended_at_once(user: User) -> None:
    here, there, elsewhere = (signed_in(user) for _ in range(3))
    here.post("/account/sessions/end/")
    assert [is_signed_in(client) for client in (here, there, elsewhere)] == [True, False, False]


@pytest.mark.parametrize("whose", ["one's own", "a stranger's", "nobody's"])
def test_own_and_foreign_sessions_cannot_be_ended(user: User, whose: str) -> None:
    here = signed_in(user)
    stranger = signed_in(make_user("other@example.org", PASSWORD))
    key = (here if whose == "one's own" else stranger).session.session_key
    name = "x" * 300 if whose == "nobody's" else Session.objects.get(session_key=key).name
    answer = here.post("/account/sessions/end/", {"session": name}, follow=True)
    assert "has ended already" in answer.text
    assert is_signed_in(here)
    assert is_signed_in(stranger)


def test_expired_sessions_are_deleted(user: User) -> None:
    kept, gone = signed_in(user), signed_in(user)
    Session.objects.filter(session_key=gone.session.session_key).update(expire_date=NOON)
    assert sessions.delete_expired(at=NOON) == 1
    assert [session.session_key for session in Session.objects.all()] == [kept.session.session_key]


def test_a_new_password_ends_every_other_session(user: User) -> None:
    here, there = signed_in(user), signed_in(user)
    answer = change(here, PASSWORD, ANOTHER)
    assert answer["Location"] == "/account/"
    assert [is_signed_in(client) for client in (here, there)] == [True, False]
    assert is_signed_in(signed_in(user, ANOTHER))


def change(client: Client, old: str, new: str, again: str = "") -> Any:
    return client.post(
        "/account/password/",
        {"old_password": old, "new_password1": new, "new_password2": again or new},
    )


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", ANOTHER, ANOTHER, "not your present password"),
        (PASSWORD, ANOTHER, PASSWORD, "not the same"),
        (PASSWORD, "short", "short", "too short"),
        (PASSWORD, "password1234", "password1234", "too common"),
        (PASSWORD, "dana@example.org", "dana@example.org", "too similar"),
    ],
)
def test_weak_password_is_an_error_of_its_field(
    user: User, old: str, new: str, again: str, words: str
) -> None:
    client = signed_in(user)
    answer = change(client, old, new, again)
    assert answer.status_code == 200
    assert words in answer.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("again", ["", PASSWORD])
def test_only_the_rules_and_errors_of_a_password_are_described(user: User, again: str) -> None:
    client = signed_in(user)
    page = change(client, PASSWORD, ANOTHER, again) if again else client.get("/account/password/")
    described = " ".join(re.findall(r'aria-describedby="(.+?)"', page.text)).split()
    expected = ["id_new_password1_helptext"] + ["id_new_password2_error"] * bool(again)
    assert [described, [page.text.count(f'id="{name}"') for name in described]] == [
        expected,
        [1] * len(expected),
    ]


# --- A lost password ------------------------------------------------------------------------


def mailed_link() -> str:
    found = re.search(r"http://127.0.0.1:\d+(/new-password/\S+/)", mail.outbox[-1].body)
    assert found is not None
    return found[1]


def test_the_mailed_link_sets_a_password_once(user: User, client: Client) -> None:
    elsewhere = signed_in(user)
    assert password_reset.mail_link("DANA@example.org", at=NOON)
    assert mail.outbox[0].to == ["dana@example.org"]
    assert len(mail.outbox[0].alternatives) == 1
    form = client.get(mailed_link())["Location"]
    answer = client.post(form, {"new_password1": ANOTHER, "new_password2": ANOTHER})
    assert answer["Location"] == "/new-password/set/"
    assert not is_signed_in(elsewhere)
    assert is_signed_in(signed_in(user, ANOTHER))
    assert "does not work any more" in Client().get(mailed_link()).text


def test_link_is_mailed_at_most_every_five_minutes(user: User) -> None:
    soon, later = dt.timedelta(minutes=4), dt.timedelta(minutes=5)
    sent = [
        password_reset.mail_link(user.email, at=NOON + wait)
        for wait in (dt.timedelta(), soon, later)
    ]
    assert sent == [True, False, True]
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("fields", [{"is_active": False}, {"password": "!"}])
def test_user_who_cannot_sign_in_gets_no_link(user: User, fields: dict[str, Any]) -> None:
    User.objects.filter(pk=user.pk).update(**fields)
    assert not password_reset.mail_link(user.email, at=NOON)
    assert not password_reset.mail_link("nobody@example.org", at=NOON)
    assert mail.outbox == []


def test_lost_password_answer_is_the_same_for_every_address(
    user: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        password_reset.current_app,
        "send_task",
        lambda *given, **options: asked.append(given),
        False,
    )
    answers = [
        client.post("/lost-password/", {"email": email})
        for email in (user.email, "nobody@example.org")
    ]
    assert [answer["Location"] for answer in answers] == ["/lost-password/sent/"] * 2
    assert len(asked) == 2
    assert mail.outbox == []
    assert "If somebody signs in with that address" in client.get("/lost-password/sent/").text


def test_without_a_broker_the_link_is_mailed_at_once(
    user: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any, **options: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(password_reset.current_app, "send_task", refuse, False)
    client.post("/lost-password/", {"email": user.email})
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("email", ["", "no address", "a\x00b@example.org"])
def test_invalid_address_is_an_error_of_its_field(client: Client, email: str) -> None:
    answer = client.post("/lost-password/", {"email": email})
    assert answer.status_code == 200
    assert answer.context["form"].errors["email"]
