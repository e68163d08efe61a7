"""API tokens, their command and their pages at the desk."""

import datetime as dt
import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from ledger.api import tokens
from ledger.engine.posting import BadInput
from ledger.models import ApiToken
from tests.factories import NOON, make_location, make_user

pytestmark = pytest.mark.django_db

LATER = NOON + dt.timedelta(days=1)


def make(**fields):
    return tokens.create("Broadcaster", at=NOON, **({"scopes": ["read"]} | fields))


def test_secret_is_not_stored():
    created = make()
    row = ApiToken.objects.values().get()
    assert bytes(row["digest"]) == hashlib.sha256(created.secret.encode()).digest()
    assert created.secret not in str(row)
    assert row["prefix"] == created.secret[:8]
    assert len(created.secret) >= 43 + len(tokens.PREFIX)


def test_a_token_is_found_by_its_secret():
    created = make()
    assert tokens.find(created.secret, at=NOON) == created.token


@pytest.mark.parametrize("secret", ["", "rfc_", "rfc_" + "A" * 43, "é\udcff"])
def test_another_secret_is_unknown(secret):
    make()
    with pytest.raises(tokens.UnknownToken):
        tokens.find(secret, at=NOON)


def test_a_token_ends_on_its_day():
    created = make(days=1)
    tokens.find(created.secret, at=LATER - dt.timedelta(seconds=1))
    with pytest.raises(tokens.ExpiredToken):
        tokens.find(created.secret, at=LATER)


def test_a_revoked_token_opens_nothing():
    created = make()
    assert tokens.revoke([created.token.pk], at=NOON) == 1
    assert tokens.revoke([created.token.pk], at=LATER) == 0
    with pytest.raises(tokens.RevokedToken):
        tokens.find(created.secret, at=NOON)
    assert ApiToken.objects.get().revoked_at == NOON


def test_last_use_is_stored_once_a_minute():
    created = make()
    tokens.find(created.secret, at=NOON)
    tokens.find(created.secret, at=NOON + dt.timedelta(seconds=59))
    assert ApiToken.objects.get().last_used_at == NOON
    tokens.find(created.secret, at=NOON + dt.timedelta(seconds=60))
    assert ApiToken.objects.get().last_used_at == NOON + dt.timedelta(seconds=60)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "rule"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 100_000}, "days"),
    ],
)
def test_a_malformed_token_is_refused(fields, field):
    with pytest.raises(BadInput) as refused:
        make(**fields)
    assert refused.value.field == field


def test_the_command_prints_the_secret():
    location = make_location(name="Soho")
    out = StringIO()
    arguments = ["Poller", f"--location={location.pk}", "--days=30", "--scopes=read,fund"]
    call_command("create_api_token", *arguments, stdout=out)
    summary, _, secret = out.getvalue().splitlines()
    token = tokens.find(secret, at=timezone.now())
    assert summary.startswith(f"Poller: read, fund; Soho (location {location.pk}); until ")
    assert (token.location, token.scopes) == (location, ["read", "fund"])
    assert token.expires_at - token.created_at == dt.timedelta(days=30)


def test_the_command_can_print_the_secret_alone():
    out = StringIO()
    call_command("create_api_token", "Poller", "--secret-only", stdout=out)
    assert tokens.find(out.getvalue().strip(), at=timezone.now()).location is None


@pytest.mark.parametrize("arguments", [["--location=99999"], ["--scopes=all"], ["--days=0"]])
def test_the_command_refuses_nonsense(arguments):
    with pytest.raises(CommandError):
        call_command("create_api_token", "Poller", *arguments)
    assert not ApiToken.objects.exists()


@pytest.fixture
def staff(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_the_desk_shows_a_new_secret_once(staff):
    page = staff.post(
        reverse("admin:ledger_apitoken_add"),
        {"name": "Broadcaster", "scopes": ["read", "charge"], "days": "7", "location": ""},
    )
    token = ApiToken.objects.get()
    secret = page.context["secret"]
    assert tokens.find(secret, at=timezone.now()) == token
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert token.scopes == ["read", "charge"]
    for address in (
        reverse("admin:ledger_apitoken_change", args=[token.pk]),
        reverse("admin:ledger_apitoken_history", args=[token.pk]),
        reverse("admin:ledger_apitoken_changelist"),
        reverse("admin:index"),
    ):
        later = staff.get(address)
        assert later.status_code == 200
        html = later.content.decode()
        assert secret not in html
        assert bytes(token.digest).hex() not in html


def test_desk_rejects_token_without_scopes(staff):
    page = staff.post(reverse("admin:ledger_apitoken_add"), {"name": "Broadcaster"})
    assert page.status_code == 200
    assert "scopes" in page.context["adminform"].form.errors
    assert not ApiToken.objects.exists()


def test_the_desk_revokes_but_does_not_edit_or_delete(staff):
    created = make()
    staff.post(
        reverse("admin:ledger_apitoken_changelist"),
        {"action": "revoke", "_selected_action": [created.token.pk]},
    )
    assert ApiToken.objects.get().revoked_at is not None
    change = reverse("admin:ledger_apitoken_change", args=[created.token.pk])
    assert staff.post(change, {"name": "Other"}).status_code == 403
    delete = reverse("admin:ledger_apitoken_delete", args=[created.token.pk])
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    assert ApiToken.objects.get().name == "Broadcaster"
