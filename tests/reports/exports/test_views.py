"""Cancelling a report and asking for it again, from the list."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from locations import jobs
from locations.models import Location, User
from locations.models.jobs import JobState
from reports.exports import requests
from reports.models import Report
from tests.factories import make_location, make_member
from tests.reports import traffic
from tests.reports.pages import actions, words
from tests.reports.pages import page as read

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_what_is_not_over_can_be_cancelled(
    manager: Client, location: Location, user: User, state: str
) -> None:
    report = traffic.report(location, state=state)
    page = manager.get(f"/locations/{location.pk}/reports/")
    assert f"/reports/{report.pk}/cancel/" in actions(page)
    answer = manager.post(f"/reports/{report.pk}/cancel/", {"from": "reports"})
    assert answer["Location"] == f"/locations/{location.pk}/reports/"
    report.refresh_from_db()
    assert (report.state, report.cancelled_by) == (JobState.CANCELLED, user)
    assert report.leased_until is None
    assert "Cancelled by Dana Manager Ask again" in words(manager.get(answer["Location"]))


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.EXPIRED])
def test_what_is_over_stays_as_it_is(manager: Client, location: Location, state: str) -> None:
    report = traffic.report(location, state=state)
    page = manager.get(f"/locations/{location.pk}/reports/")
    assert "/cancel/" not in page.text
    assert manager.post(f"/reports/{report.pk}/cancel/").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.cancelled_by) == (state, None)


def test_a_cancelled_report_makes_room_for_another(location: Location, user: User) -> None:
    reports = [traffic.report(location) for _ in range(requests.MAX_UNFINISHED)]
    with pytest.raises(requests.TooManyReports):
        requests.retry_report(reports[0], requested_by=user, at=traffic.NOW)
    assert jobs.cancel(reports[0], cancelled_by=user, at=traffic.NOW)
    assert not jobs.cancel(reports[0], cancelled_by=user, at=traffic.NOW)
    requests.retry_report(reports[0], requested_by=user, at=traffic.NOW)


@pytest.mark.parametrize(
    ("sent", "back"),
    [
        ({"from": "reports"}, "/locations/{}/reports/"),
        ({"filters": "range=this-term"}, "/locations/{}/credit-usage/?range=this-term#reports"),
        ({}, "/locations/{}/credit-usage/#reports"),
    ],
)
def test_the_same_report_is_asked_for_again_by_whoever_is_here(
    manager: Client, location: Location, user: User, sent: dict[str, str], back: str
) -> None:
    old = traffic.report(location, kind="chat", state=JobState.FAILED)
    answer = manager.post(f"/reports/{old.pk}/retry/", sent)
    assert answer["Location"] == back.format(location.pk)
    new = location.reports.exclude(pk=old.pk).get()
    assert settings_of(new) == settings_of(old)
    assert (new.state, new.requested_by) == (JobState.QUEUED, user)


def settings_of(report: Report) -> Any:
    return (report.kind, report.first_on, report.last_on)


def test_asking_again_too_often_is_refused_with_words(manager: Client, location: Location) -> None:
    old = traffic.report(location, state=JobState.FAILED)
    for _ in range(requests.MAX_UNFINISHED):
        traffic.report(location)
    answer = manager.post(f"/reports/{old.pk}/retry/")
    assert answer.status_code == 422
    assert "5 reports of this location are being built" in words(answer)


def test_the_list_alone_has_the_page_that_was_open(manager: Client, location: Location) -> None:
    for _ in range(26):
        traffic.report(location, state=JobState.EXPIRED)
    traffic.report(location, state=JobState.RUNNING, rows_done=7, rows_total=7)
    Report.objects.filter(state=JobState.RUNNING).update(
        requested_at=traffic.NOW - dt.timedelta(days=1)
    )
    second = manager.get(f"/locations/{location.pk}/reports/newest/?page=2")
    assert len(read(second).xpath("//li")) == 2
    assert "All rows are in, the file is being written" in second.text
    assert "All reports of this location" not in second.text
    newest = manager.get(f"/locations/{location.pk}/reports/newest/")
    assert len(read(newest).xpath("//li")) == 5
    assert "All reports of this location" in newest.text
