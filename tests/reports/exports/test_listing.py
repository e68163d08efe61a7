"""Asking for reports, seeing how far they are, and downloading them."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from locations.models import Location, User
from locations.models.jobs import JobState
from reports.exports import requests, schedules
from reports.models import Report, ReportKind
from tests.factories import make_location, make_member
from tests.queries import count_queries
from tests.reports.pages import field, words

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
MAY = {"kind": "international", "first_on": "2026-05-01", "last_on": "2026-05-31"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    return make_location(name="Acme Dallas")


@pytest.fixture
def user(location: Location) -> User:
    return make_member(location, full_name="Dana Manager")


@pytest.fixture
def manager(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def make_report(location: Location, user: User) -> Any:
    def made(state: str, **fields: Any) -> Report:
        values: dict[str, Any] = {
            "location": location,
            "kind": ReportKind.INTERNATIONAL,
            "first_on": dt.date(2026, 5, 1),
            "last_on": dt.date(2026, 5, 31),
            "state": state,
            "requested_by": user,
            "requested_at": NOW,
        }
        return Report.objects.create(**(values | fields))

    return made


def reports_address(location: Location) -> str:
    return f"/locations/{location.pk}/reports/"


def test_asking_leads_back_to_the_days_it_was_asked_from(
    manager: Client, location: Location, user: User
) -> None:
    filters = "range=this-term&kind=chat"
    answer = manager.post(reports_address(location), {**MAY, "filters": filters})
    assert answer.status_code == 302
    assert answer["Location"] == (
        f"/locations/{location.pk}/credit-usage/?range=this-term&kind=chat#reports"
    )
    report = Report.objects.get()
    assert (report.location, report.kind, report.state) == (location, "international", "queued")
    assert (report.first_on, report.last_on) == (dt.date(2026, 5, 1), dt.date(2026, 5, 31))
    assert (report.requested_by, report.requested_at) == (user, NOW)
    assert "International Messages 1 May – 31 May 2026 asked for by Dana Manager" in words(
        manager.get(answer["Location"])
    )


@pytest.mark.parametrize("filters", ["", "\r\nSet-Cookie: a=b", "//elsewhere.example", "é\x00"])
def test_nothing_leads_elsewhere(manager: Client, location: Location, filters: str) -> None:
    answer = manager.post(reports_address(location), {**MAY, "filters": filters})
    assert answer["Location"].startswith(f"/locations/{location.pk}/credit-usage/")
    assert not answer.cookies.get("a")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "everything"}, "kind"),
        ({"kind": "\x00"}, "kind"),
        ({"first_on": ""}, "first_on"),
        ({"first_on": "31.5.2026"}, "first_on"),
        ({"first_on": "1999-12-31"}, "first_on"),
        ({"last_on": "9999-12-31"}, "last_on"),
        ({"last_on": "2026-04-30"}, "last_on"),
        ({"first_on": "2016-05-31"}, "last_on"),
    ],
)
def test_what_cannot_be_asked_for_is_said_by_its_field(
    manager: Client, location: Location, changes: dict[str, str], field: str
) -> None:
    answer = manager.post(reports_address(location), MAY | changes)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Report.objects.exists()


def test_the_last_thirty_days_are_offered(manager: Client, location: Location) -> None:
    answer = manager.get(reports_address(location))
    first, last = (field(answer, label).value for label in ("First day", "Last day"))
    assert (first, last) == ("2026-05-17", "2026-06-15")


def test_too_many_at_once_are_refused_with_words(manager: Client, location: Location) -> None:
    for _ in range(requests.MAX_UNFINISHED):
        assert manager.post(reports_address(location), MAY).status_code == 302
    answer = manager.post(reports_address(location), MAY)
    assert answer.status_code == 422
    assert "5 reports of this location are being built" in words(answer)


def test_each_state_says_where_it_is(manager: Client, location: Location, make_report: Any) -> None:
    make_report("queued")
    make_report("running", requested_at=NOW - dt.timedelta(1), rows_done=41_000, rows_total=64_000)
    make_report(
        "ready",
        requested_at=NOW - dt.timedelta(2),
        rows_done=1204,
        credits=9775,
        file="reports/x.xlsx",
        size_bytes=2048,
    )
    make_report("failed", requested_at=NOW - dt.timedelta(3), failure="The disk was full.")
    make_report("expired", requested_at=NOW - dt.timedelta(4))
    for address in ("credit-usage/", "reports/"):
        answer = manager.get(f"/locations/{location.pk}/{address}")
        said = words(answer)
        assert "Waiting for its turn" in said
        assert "64 %, 41,000 of 64,000 rows" in said
        assert "1,204 rows · 9,775 credits" in said
        assert "2.0\xa0KB" in answer.text
        assert "It could not be made. The disk was full. Ask again" in said
        assert "Its file was deleted" in said
    fragment = manager.get(f"/locations/{location.pk}/reports/newest/")
    assert "<html" not in fragment.text
    assert fragment.text.count("data-unfinished") == 2


@pytest.mark.parametrize(
    ("state", "minutes_ago", "every"),
    [
        ("queued", 0, 'hx-trigger="every 2s"'),
        ("running", 5, 'hx-trigger="every 5s"'),
        ("running", 60, 'hx-trigger="every 15s"'),
        ("ready", 0, None),
        ("failed", 0, None),
    ],
)
def test_a_list_is_looked_at_again_while_one_of_its_reports_is_under_way(
    manager: Client,
    location: Location,
    make_report: Any,
    state: str,
    minutes_ago: int,
    every: str | None,
) -> None:
    more = {"file": "x.xlsx", "credits": 1, "size_bytes": 1} if state == "ready" else {}
    make_report(state, requested_at=NOW - dt.timedelta(minutes=minutes_ago), **more)
    base = f"/locations/{location.pk}/"
    newest = f"{base}reports/newest/"
    looks = {
        f"{base}credit-usage/": newest,
        newest: newest,
        f"{base}reports/": f"{newest}?page=1",
        f"{newest}?page=1": f"{newest}?page=1",
    }
    for address, looked_at in looks.items():
        said = manager.get(address).text
        assert re.findall('hx-trigger="every.*?"', said) == ([every] if every else [])
        assert re.findall(f'hx-get="({newest}.*?)"', said) == ([looked_at] if every else [])


def test_the_lists_take_as_many_queries_for_few_reports_as_for_more(
    manager: Client, location: Location, user: User, make_report: Any
) -> None:
    def add(reports: int) -> None:
        for _ in range(reports):
            asker = make_member(location)
            make_report("failed", failure="The disk was full.", requested_by=asker)
            make_report("running", requested_by=asker)
            schedules.create_schedule(
                location,
                kind="chat",
                format="xlsx",
                every="month",
                recipients=[user, asker],
                created_by=asker,
                at=NOW,
            )

    def queries() -> list[int]:
        base = reports_address(location)
        return [count_queries(lambda: manager.get(page)) for page in (base, f"{base}newest/")]  # noqa: B023

    add(1)
    queries()
    few = queries()
    add(2)
    assert queries() == few


def test_a_running_report_that_still_counts_shows_no_share(
    manager: Client, location: Location, make_report: Any
) -> None:
    make_report("running")
    answer = manager.get(f"/locations/{location.pk}/credit-usage/")
    assert "Counting its rows" in words(answer)
    assert "<progress" not in answer.text


def test_only_the_newest_are_on_credit_usage_and_all_on_their_own_page(
    manager: Client, location: Location, make_report: Any
) -> None:
    for number in range(30):
        make_report("expired", requested_at=NOW - dt.timedelta(number))
    usage = manager.get(f"/locations/{location.pk}/credit-usage/")
    assert usage.text.count("Its file was deleted") == 5
    first = manager.get(reports_address(location))
    assert first.text.count("Its file was deleted") == 25
    assert "Page 1 of 2" in words(first)
    last = manager.get(reports_address(location), {"page": "99999"})
    assert last.text.count("Its file was deleted") == 5


def test_a_ready_report_is_downloaded_under_a_name_that_says_what_it_is(
    manager: Client, make_report: Any
) -> None:
    file = default_storage.save("reports/pages.xlsx", ContentFile(b"workbook"))
    report = make_report("ready", file=file, credits=0, size_bytes=8)
    answer = manager.get(f"/reports/{report.pk}/download/")
    assert b"".join(answer.streaming_content) == b"workbook"
    assert answer["Content-Disposition"] == (
        'attachment; filename="Acme-Dallas_International-Messages_2026-05-01_2026-05-31.xlsx"'
    )
    assert answer["Content-Type"] == (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    assert sorted(answer["Cache-Control"].split(", ")) == ["no-store", "private"]
    assert answer["Content-Length"] == "8"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ('a/../b"\r\n<c>', 'filename="a-b-c_'),
        ("Zürich 東京", "filename*=utf-8''Z%C3%BCrich-%E6%9D%B1%E4%BA%AC_"),
        ("…", 'filename="Location_'),
    ],
)
def test_no_location_s_name_spoils_the_file_s(
    manager: Client, location: Location, make_report: Any, name: str, begins: str
) -> None:
    Location.objects.filter(pk=location.pk).update(name=name)
    file = default_storage.save("reports/pages.xlsx", ContentFile(b"workbook"))
    report = make_report("ready", file=file, credits=0, size_bytes=8)
    answer = manager.get(f"/reports/{report.pk}/download/")
    assert b"".join(answer.streaming_content) == b"workbook"
    assert answer["Content-Disposition"].startswith(f"attachment; {begins}")


@pytest.mark.parametrize(
    ("state", "fields", "said"),
    [
        (
            "ready",
            {"file": "reports/lost.xlsx", "credits": 0},
            "The file of this report is missing",
        ),
        ("queued", {}, "The report is not ready yet"),
        ("running", {}, "The report is not ready yet"),
        ("failed", {"failure": "The disk was full."}, "could not be made The disk was full."),
        ("expired", {"file": "reports/old.xlsx"}, "The file of this report was deleted"),
    ],
)
def test_a_download_without_a_file_says_so(
    manager: Client, make_report: Any, state: str, fields: dict[str, Any], said: str
) -> None:
    assert JobState(state)
    answer = manager.get(f"/reports/{make_report(state, **fields).pk}/download/")
    assert answer.status_code == 410
    assert said in words(answer)
    assert "Go to the reports" in words(answer)


class OutOfReach(Exception):
    """What an object storage raises that cannot be reached: no OSError."""


def test_a_storage_that_is_down_is_said_and_nothing_counts_as_handed_out(
    manager: Client, make_report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fetching(ContentFile):
        file = property(lambda self: self.fetch(), lambda self, value: None)

        def fetch(self) -> None:
            raise OutOfReach

    monkeypatch.setattr(FileSystemStorage, "_open", lambda *_: Fetching(b""))
    report = make_report("ready", file="reports/kept.xlsx", credits=0)
    answer = manager.get(f"/reports/{report.pk}/download/")
    assert answer.status_code == 503
    assert "The file cannot be fetched at the moment" in words(answer)
    assert not report.downloads.exists()


@pytest.mark.parametrize("pk", ["1", "not-a-uuid", "0" * 32, "%00"])
def test_an_id_that_is_none_is_not_found(manager: Client, pk: str) -> None:
    assert manager.get(f"/reports/{pk}/download/").status_code == 404
