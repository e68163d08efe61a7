"""What holds for every page: the strict policy, no caching, pages for what goes wrong."""

import datetime as dt
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ledger.engine.charging import charge_chat
from locations.models import Location, Role
from redflag_credits import error_views
from reports.models import Report
from tests.factories import chat, key, make_location, make_member

STATIC = settings.BASE_DIR / "redflag_credits" / "static"

pytestmark = pytest.mark.django_db


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of ours")


urlpatterns = [path("fails/", fails), path("", include("redflag_credits.urls"))]
handler500 = error_views.server_error


class Inline(HTMLParser):
    """Collects what a policy of 'self' forbids, and ids that occur twice."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = (value or "") if name in ("src", "href") else ""
            elsewhere = re.match(r"(https?:)?//|javascript:", address)
            if name == "style" or name.startswith("on") or elsewhere:
                self.found.append(f'{tag} {name}="{value}"')
        if given.get("id"):
            if given["id"] in self.ids:
                self.found.append(f"id {given['id']} twice")
            self.ids.add(str(given["id"]))


def check(answer: Any) -> None:
    inline = Inline()
    inline.feed(answer.text)
    assert inline.found == []
    assert 'lang="en"' in answer.text or "<html" not in answer.text
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.fixture
def location() -> Location:
    """Busy enough for a second page of the table, a debt, and reports in every state."""
    location = make_location(included=50)
    location.chat_inboxes.create(name="Front Desk")
    user = make_member(location)
    now = timezone.now()
    for back in range(40):
        at = now - dt.timedelta(days=back)
        charge_chat(location.pk, [chat("inbound", sent_at=at)], key=key(), at=at)
    for state in ("queued", "running", "ready", "failed", "expired"):
        Report.objects.create(
            location=location,
            kind="chat",
            first_on=at.date(),
            last_on=now.date(),
            state=state,
            requested_by=user,
            requested_at=now,
            rows_total=10,
            file="x.xlsx",
            credits=2,
            size_bytes=9,
        )
    return location


def test_no_page_has_inline_style_or_script(client: Client, location: Location) -> None:
    check(client.get("/sign-in/"))
    check(client.post("/sign-in/", {"username": "a@example.org", "password": "x"}))
    client.force_login(make_member(location, Role.ACCOUNT_ADMIN))
    make_location(account=location.account)
    base = f"/locations/{location.pk}/"
    expired = location.reports.get(state="expired")
    for address in [
        "/",
        base,
        f"{base}credit-usage/",
        f"{base}credit-usage/?range=90-days&page=2&sort=net&kind=chat",
        f"{base}credit-usage/?first_on=x&kind=y&range=z",
        f"{base}credit-usage/?month=2026-02&quiet=1&chart=cumulative&kind=text",
        f"{base}credit-usage/?first_on=2020-01-01&chart=cumulative",
        f"{base}credit-usage/statement/?range=90-days",
        f"{base}reports/",
        f"{base}reports/newest/",
        f"/reports/{expired.pk}/download/",
        "/nowhere/",
    ]:
        answer = client.get(address)
        check(answer)
        assert "no-store" in answer["Cache-Control"]
    check(client.post(f"{base}reports/", {"kind": "x"}))
    client.force_login(make_member(location, Role.EDITOR))
    for address in ["/", base]:
        check(client.get(address))


def test_no_template_writes_style_or_script() -> None:
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        source = template.read_text()
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=\"", source), template


def test_a_fault_of_ours_needs_no_database(
    client: Client, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = client.get("/fails/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    check(answer)


def test_even_a_broken_template_leaves_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> str:
        raise DatabaseError(name)

    monkeypatch.setattr(error_views, "render_to_string", broken)
    answer = error_views.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert answer.text == "Something went wrong on our side. Please try again in a minute."


def test_a_request_of_another_host_is_not_understood(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "That request made no sense to us" in answer.text


@pytest.mark.parametrize("address", ["/sign-in/?next=\x00", "/?q=\x00", "/%00", "/locations/-1/"])
def test_odd_addresses_get_an_answer(client: Client, address: str) -> None:
    client.force_login(make_member(make_location()))
    assert client.get(address).status_code in (200, 302, 404)


def test_other_methods_are_refused(client: Client) -> None:
    location = make_location()
    client.force_login(make_member(location))
    base = f"/locations/{location.pk}/"
    for address in ["/", base, f"{base}credit-usage/", f"{base}reports/newest/"]:
        assert client.post(address).status_code == 405
    assert client.delete(f"{base}reports/").status_code == 405
    assert client.head(f"{base}credit-usage/").status_code == 200


@pytest.mark.parametrize("name", ["bootstrap", "htmx"])
def test_the_vendored_files_are_the_ones_that_were_checked(name: str) -> None:
    folder = STATIC / "vendor" / name
    sums = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {file.name: file for file in folder.iterdir()}
    assert {*sums, "SHA256SUMS", "README.txt"} == {*files}
    assert sums == {name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in sums}
