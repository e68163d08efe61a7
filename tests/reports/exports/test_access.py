"""The authorization matrix of reports: every deed, by every role, on one's own location, on a
foreign one and on one that never was."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from locations.models import Location, Role, User
from locations.models.jobs import JobState
from locations.permissions import detail_readers
from reports.exports import schedules
from reports.models import Report, ReportKind
from tests.factories import make_account, make_location, make_member, make_user
from tests.reports.pages import without_tokens

NOBODY_EVER = 987_654_321
A_REPORT = {"kind": "chat", "format": "xlsx", "first_on": "2026-05-01", "last_on": "2026-05-31"}
SIGN_IN = 302
YES = 0  # the deed is done: the status is that of the deed

# Own, foreign and missing. A role that is added to the model and not here is a KeyError.
MATRIX: dict[str, tuple[int, int, int]] = {
    Role.ACCOUNT_ADMIN: (YES, 404, 404),
    Role.SUPER_ADMIN: (YES, 404, 404),
    Role.ADMIN: (YES, 404, 404),
    Role.EDITOR: (403, 404, 404),
    Role.CHAT_AGENT: (403, 404, 404),
    "staff": (YES, YES, 404),
    "a member elsewhere": (404, 404, 404),
    "one who has left": (SIGN_IN, SIGN_IN, SIGN_IN),
    "nobody": (SIGN_IN, SIGN_IN, SIGN_IN),
}
WHO = [*Role, "staff", "a member elsewhere", "one who has left", "nobody"]


@dataclass(frozen=True)
class Deed:
    """`was_done` says whether anything came of it, at this location."""

    method: str
    address: str
    status: int
    was_done: Callable[[Location, Any], bool]
    state: str = JobState.READY  # of the report that is there


def shows(location: Location, answer: Any) -> bool:
    return f"report-{location.reports.get().pk}" in answer.text


def hands_out(location: Location, answer: Any) -> bool:
    handed = location.reports.filter(downloads__isnull=False).exists()
    assert handed == ("Content-Disposition" in answer)
    return handed


def has_two(location: Location, _: Any) -> bool:
    return location.reports.count() == 2


def is_cancelled(location: Location, _: Any) -> bool:
    return location.reports.get().state == JobState.CANCELLED


def has_two_schedules(location: Location, _: Any) -> bool:
    return location.report_schedules.count() == 2


def has_stopped(location: Location, _: Any) -> bool:
    return location.report_schedules.get().stopped_at is not None


DEEDS = {
    "list": Deed("get", "/locations/{location}/reports/", 200, shows),
    "progress": Deed("get", "/locations/{location}/reports/newest/", 200, shows, "running"),
    "progress of a page": Deed(
        "get", "/locations/{location}/reports/newest/?page=1", 200, shows, "running"
    ),
    "ask": Deed("post", "/locations/{location}/reports/", 302, has_two),
    "cancel": Deed("post", "/reports/{report}/cancel/", 302, is_cancelled, "running"),
    "ask again": Deed("post", "/reports/{report}/retry/", 302, has_two),
    "retry": Deed("post", "/reports/{report}/retry/", 302, has_two, "failed"),
    "download": Deed("get", "/reports/{report}/download/", 200, hands_out),
    "schedule": Deed("post", "/locations/{location}/reports/schedules/", 302, has_two_schedules),
    "stop a schedule": Deed("post", "/reports/schedules/{schedule}/stop/", 302, has_stopped),
}

pytestmark = pytest.mark.django_db


def place(name: str, state: str) -> Location:
    """A location with a reader, a report and a schedule."""
    location = make_location(name=name, account=make_account(f"Owner of {name}"))
    reader = make_member(location)
    Report.objects.create(
        location=location,
        kind=ReportKind.CHAT,
        first_on="2026-05-01",
        last_on="2026-05-31",
        state=state,
        file=default_storage.save("reports/access.xlsx", ContentFile(b"workbook")),
        credits=0,
        size_bytes=8,
        requested_by=reader,
        requested_at=timezone.now(),
    )
    schedules.create_schedule(
        location,
        kind="chat",
        format="xlsx",
        every="month",
        recipients=[reader],
        created_by=reader,
        at=timezone.now(),
    )
    return location


def person(who: str, own: Location) -> User:
    if who == "staff":
        return make_user(is_staff=True, is_superuser=True)
    if who == "a member elsewhere":
        return make_member(make_location(account=make_account("Elsewhere")))
    if who == "one who has left":
        return make_member(own, is_active=False)
    return make_member(own, who)


def do(client: Client, deed: Deed, location: Location | None) -> Any:
    if location is None:
        ids = {"location": NOBODY_EVER, "report": uuid.uuid4(), "schedule": NOBODY_EVER}
        readers: list[int] = []
    else:
        ids = {
            "location": location.pk,
            "report": location.reports.get().pk,
            "schedule": location.report_schedules.get().pk,
        }
        readers = [reader.pk for reader in detail_readers(location)]
    form = {**A_REPORT, "every": "month", "recipients": readers}
    return getattr(client, deed.method)(deed.address.format(**ids), form)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", DEEDS)
def test_what_each_role_may_do_with_reports(name: str, who: str) -> None:
    deed = DEEDS[name]
    own, foreign = place("Own", deed.state), place("Foreign", deed.state)
    client = Client()
    if who != "nobody":
        client.force_login(person(who, own))
    answers = [do(client, deed, location) for location in (own, foreign, None)]
    assert [answer.status_code for answer in answers] == [
        deed.status if status == YES else status for status in MATRIX[who]
    ]
    done = [
        deed.was_done(location, answer)
        for location, answer in zip((own, foreign), answers, strict=False)
    ]
    assert done == [status == YES for status in MATRIX[who][:2]]
    for answer, status in zip(answers, MATRIX[who], strict=True):
        if status == SIGN_IN:
            assert answer["Location"].startswith("/sign-in/")
    if MATRIX[who][1] == 404:  # a foreign one does not exist: not a word differs
        assert without_tokens(answers[1].text) == without_tokens(answers[2].text)
    for answer in answers:
        answer.close()


def test_every_role_of_the_model_is_in_the_matrix() -> None:
    assert set(Role) == {who for who in MATRIX if isinstance(who, Role)}


@pytest.mark.parametrize("name", [name for name, deed in DEEDS.items() if deed.method == "post"])
def test_nothing_is_changed_by_following_a_link(name: str) -> None:
    deed = DEEDS[name]
    own = place("Own", deed.state)
    client = Client()
    client.force_login(person(Role.ADMIN, own))
    get = Deed("get", deed.address, 405, deed.was_done)
    answer = do(client, get, own)
    if name == "ask":
        assert answer.status_code == 200  # the page itself
    else:
        assert answer.status_code == 405
    assert not deed.was_done(own, answer)
