"""Who may open what: every role, at its own, a foreign and a missing location."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from locations.models import Location, Role, User
from locations.models.jobs import JobState
from reports.models import Report, ReportKind
from tests.factories import make_account, make_location, make_member, make_user
from tests.reports.pages import without_tokens

MISSING_ID = 987_654_321
DETAIL_ROLES = [Role.ACCOUNT_ADMIN, Role.SUPER_ADMIN, Role.ADMIN]
OTHER_ROLES = [Role.EDITOR, Role.CHAT_AGENT]
GET_PAGES = [
    "/locations/{}/",
    "/locations/{}/credit-usage/",
    "/locations/{}/reports/",
    "/locations/{}/reports/newest/",
]
A_REPORT = {"kind": "chat", "first_on": "2026-05-01", "last_on": "2026-05-31"}

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


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_report(location: Location) -> Report:
    file = default_storage.save("reports/access.xlsx", ContentFile(b"workbook"))
    return Report.objects.create(
        location=location,
        kind=ReportKind.CHAT,
        first_on="2026-05-01",
        last_on="2026-05-31",
        state=JobState.READY,
        file=file,
        credits=0,
        size_bytes=8,
        requested_by=make_user(),
        requested_at=timezone.now(),
    )


@pytest.mark.parametrize("role", DETAIL_ROLES)
@pytest.mark.parametrize("page", GET_PAGES)
def test_roles_with_location_details_open_their_own(world: World, role: str, page: str) -> None:
    client = signed_in(make_member(world.own, role))
    assert client.get(page.format(world.own.pk)).status_code == 200


@pytest.mark.parametrize("role", OTHER_ROLES)
@pytest.mark.parametrize("page", GET_PAGES)
def test_editors_and_chat_agents_get_403(world: World, role: str, page: str) -> None:
    answer = signed_in(make_member(world.own, role)).get(page.format(world.own.pk))
    assert answer.status_code == 403
    assert "Your role does not include this page" in answer.text
    assert world.own.name not in answer.text


@pytest.mark.parametrize("role", [*DETAIL_ROLES, *OTHER_ROLES])
@pytest.mark.parametrize("page", GET_PAGES)
def test_foreign_location_looks_like_a_missing_one(world: World, role: str, page: str) -> None:
    client = signed_in(make_member(world.own, role))
    foreign = client.get(page.format(world.foreign.pk))
    missing = client.get(page.format(MISSING_ID))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_tokens(foreign.text) == without_tokens(missing.text)
    # `Expires` is the second of the answer, and two answers may straddle one. Each page holds its
    # own address, in the form that chooses a language: a longer number makes it longer.
    of_both = [{**page.headers, "Expires": "", "Content-Length": ""} for page in (foreign, missing)]
    assert of_both[0] == of_both[1]


@pytest.mark.parametrize("page", GET_PAGES)
def test_staff_open_every_location(world: World, page: str) -> None:
    client = signed_in(make_user(is_staff=True))
    assert client.get(page.format(world.foreign.pk)).status_code == 200
    assert client.get(page.format(MISSING_ID)).status_code == 404


@pytest.mark.parametrize("page", [*GET_PAGES, "/"])
def test_anonymous_user_is_sent_to_the_sign_in(world: World, page: str) -> None:
    for pk in (world.own.pk, MISSING_ID):
        answer = Client().get(page.format(pk))
        assert answer.status_code == 302
        assert answer["Location"] == f"/sign-in/?next={page.format(pk)}"


def test_a_role_at_one_location_is_none_at_its_neighbour(world: World) -> None:
    neighbour = make_location(name="Neighbour", account=world.own.account)
    page = "/locations/{}/credit-usage/"
    assert signed_in(make_member(world.own)).get(page.format(neighbour.pk)).status_code == 404
    admin = signed_in(make_member(world.own, Role.ACCOUNT_ADMIN))
    assert admin.get(page.format(neighbour.pk)).status_code == 200


def test_editor_of_one_and_admin_of_another_opens_only_the_other(world: World) -> None:
    user = make_member(world.own, Role.EDITOR)
    world.foreign.memberships.create(user=user, role=Role.ADMIN)
    client = signed_in(user)
    assert client.get(f"/locations/{world.own.pk}/").status_code == 403
    assert client.get(f"/locations/{world.foreign.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("role", "at_own", "at_foreign"),
    [
        *[(role, 302, 404) for role in DETAIL_ROLES],
        *[(role, 403, 404) for role in OTHER_ROLES],
        ("staff", 302, 302),
        ("stranger", 404, 404),
    ],
)
def test_requesting_a_report(world: World, role: str, at_own: int, at_foreign: int) -> None:
    client = signed_in(person(world, role))
    for location, expected in ((world.own, at_own), (world.foreign, at_foreign)):
        answer = client.post(f"/locations/{location.pk}/reports/", A_REPORT)
        assert answer.status_code == expected
        assert location.reports.count() == (1 if expected == 302 else 0)
    assert client.post(f"/locations/{MISSING_ID}/reports/", A_REPORT).status_code == 404


@pytest.mark.parametrize(
    ("role", "at_own", "at_foreign"),
    [
        *[(role, 200, 404) for role in DETAIL_ROLES],
        *[(role, 403, 404) for role in OTHER_ROLES],
        ("staff", 200, 200),
        ("stranger", 404, 404),
    ],
)
def test_downloading_a_report(world: World, role: str, at_own: int, at_foreign: int) -> None:
    client = signed_in(person(world, role))
    for location, expected in ((world.own, at_own), (world.foreign, at_foreign)):
        answer = client.get(f"/reports/{make_report(location).pk}/download/")
        assert answer.status_code == expected
        assert ("Content-Disposition" in answer) == (expected == 200)
        assert (content(answer) == b"workbook") == (expected == 200)
    assert client.get(f"/reports/{uuid.uuid4()}/download/").status_code == 404


def test_a_download_is_lost_with_the_membership(world: World) -> None:
    user = make_member(world.own)
    client = signed_in(user)
    address = f"/reports/{make_report(world.own).pk}/download/"
    assert content(client.get(address)) == b"workbook"
    user.memberships.all().delete()
    assert client.get(address).status_code == 404


def test_foreign_report_looks_like_a_missing_one(world: World) -> None:
    client = signed_in(make_member(world.own))
    foreign = client.get(f"/reports/{make_report(world.foreign).pk}/download/")
    missing = client.get(f"/reports/{uuid.uuid4()}/download/")
    assert without_tokens(foreign.text) == without_tokens(missing.text)


def person(world: World, role: str) -> User:
    if role == "staff":
        return make_user(is_staff=True, is_superuser=True)
    return make_user() if role == "stranger" else make_member(world.own, role)


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("address", GET_PAGES)
@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 10**40])
def test_impossible_location_id_is_not_found(
    client: Client, world: World, address: str, number: int
) -> None:
    client.force_login(make_member(world.own, Role.ACCOUNT_ADMIN))
    assert client.get(address.format(number)).status_code == 404
