"""Reports: every role, at its own location, a foreign one and one that never was."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from locations.models import Location, Role, User
from reports.models import Report, ReportKind, ReportState
from tests.factories import make_account, make_location, make_member, make_user
from tests.reports.pages import without_tokens

A_REPORT = {"kind": "chat", "format": "xlsx", "first_on": "2026-05-01", "last_on": "2026-05-31"}
NOBODY_EVER = 987_654_321
# Own, foreign and missing; what is allowed is a page or a way back to one.
ALLOWED = {
    Role.ACCOUNT_ADMIN: ("yes", 404, 404),
    Role.SUPER_ADMIN: ("yes", 404, 404),
    Role.ADMIN: ("yes", 404, 404),
    Role.EDITOR: (403, 404, 404),
    Role.CHAT_AGENT: (403, 404, 404),
    "staff": ("yes", "yes", 404),
    "stranger": (404, 404, 404),
    "nobody": (302, 302, 302),  # to the sign-in
}
# What is done: the method, and the status where it is allowed.
OF_A_LOCATION = {
    "/locations/{}/reports/": ("get", 200),
    "/locations/{}/reports/newest/": ("get", 200),
    "/locations/{}/reports/newest/?page=1": ("get", 200),
    "/locations/{}/reports/?": ("post", 302),
}
OF_A_REPORT = {
    "/reports/{}/cancel/": ("post", 302),
    "/reports/{}/again/": ("post", 302),
    "/reports/{}/download/": ("get", 200),
}

pytestmark = pytest.mark.django_db


@dataclass
class World:
    own: Location
    foreign: Location


@pytest.fixture
def world() -> World:
    return World(
        own=make_location(name="Own", account=make_account("Ours")),
        foreign=make_location(name="Foreign", account=make_account("Theirs")),
    )


def client_of(world: World, role: str) -> Client:
    client = Client()
    if role != "nobody":
        client.force_login(person(world, role))
    return client


def person(world: World, role: str) -> User:
    if role == "staff":
        return make_user(is_staff=True)
    return make_user() if role == "stranger" else make_member(world.own, role)


def report_of(location: Location, state: str = ReportState.READY) -> Report:
    file = default_storage.save("reports/access.xlsx", ContentFile(b"workbook"))
    return Report.objects.create(
        location=location,
        kind=ReportKind.CHAT,
        first_on="2026-05-01",
        last_on="2026-05-31",
        state=state,
        file=file,
        credits=0,
        size_bytes=8,
        asked_by=make_user(),
        asked_at=timezone.now(),
    )


def answers(client: Client, method: str, address: str, ids: list[Any]) -> list[Any]:
    return [getattr(client, method)(address.format(pk), A_REPORT) for pk in ids]


def is_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("role", ALLOWED)
@pytest.mark.parametrize("address", OF_A_LOCATION)
def test_the_reports_of_a_location(world: World, role: str, address: str) -> None:
    method, allowed = OF_A_LOCATION[address]
    client = client_of(world, role)
    found = answers(client, method, address, [world.own.pk, world.foreign.pk, NOBODY_EVER])
    expected = [allowed if status == "yes" else status for status in ALLOWED[role]]
    assert [answer.status_code for answer in found] == expected
    assert [is_sign_in(answer) for answer in found] == [role == "nobody"] * 3
    asked = [location.reports.count() for location in (world.own, world.foreign)]
    may = [status == "yes" and method == "post" for status in ALLOWED[role][:2]]
    assert asked == [int(one) for one in may]
    if role == Role.ADMIN:
        assert without_tokens(found[1].text) == without_tokens(found[2].text)


@pytest.mark.parametrize("role", ALLOWED)
@pytest.mark.parametrize("address", OF_A_REPORT)
def test_one_report(world: World, role: str, address: str) -> None:
    method, allowed = OF_A_REPORT[address]
    state = ReportState.RUNNING if "cancel" in address else ReportState.READY
    own, foreign = report_of(world.own, state), report_of(world.foreign, state)
    client = client_of(world, role)
    found = answers(client, method, address, [own.pk, foreign.pk, uuid.uuid4()])
    expected = [allowed if status == "yes" else status for status in ALLOWED[role]]
    assert [answer.status_code for answer in found] == expected
    assert [is_sign_in(answer) for answer in found] == [role == "nobody"] * 3
    may = [status == "yes" for status in ALLOWED[role][:2]]
    if "download" in address:
        assert ["Content-Disposition" in answer for answer in found] == [*may, False]
        for answer in found:
            answer.close()
    if "cancel" in address:
        states = [Report.objects.get(pk=report.pk).state for report in (own, foreign)]
        assert [state == ReportState.CANCELLED for state in states] == may
    if "again" in address:
        counts = [location.reports.count() for location in (world.own, world.foreign)]
        assert counts == [1 + int(one) for one in may]
    if role == Role.ADMIN:
        assert without_tokens(found[1].text) == without_tokens(found[2].text)


@pytest.mark.parametrize("address", ["/reports/{}/cancel/", "/reports/{}/again/"])
def test_nothing_is_changed_by_following_a_link(world: World, address: str) -> None:
    report = report_of(world.own, ReportState.RUNNING)
    answer = client_of(world, Role.ADMIN).get(address.format(report.pk))
    assert answer.status_code == 405
    report.refresh_from_db()
    assert (report.state, world.own.reports.count()) == (ReportState.RUNNING, 1)
