"""Scheduled reports: every week or month once, and a link to those who may open it."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from locations.models import Location, Role, User
from locations.models.jobs import JobState
from reports.exports import notifications, requests, schedules
from reports.models import Every, Report, ReportSchedule
from reports.tasks import request_scheduled_reports
from tests.factories import make_location, make_member
from tests.reports import traffic
from tests.reports.pages import words

pytestmark = pytest.mark.django_db
# A Friday; in Chicago it is five hours earlier.
NOW = dt.datetime(2026, 5, 15, 12, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    return traffic.utc(text)


@pytest.fixture
def place() -> Location:
    return make_location(name="Acme Dallas", time_zone="America/Chicago")


@pytest.fixture
def dana(place: Location) -> User:
    return make_member(place, full_name="Dana Manager", email="dana@example.org")


def scheduled(place: Location, *people: User, **fields: Any) -> ReportSchedule:
    facts = {"kind": "chat", "format": "xlsx", "every": Every.MONTH, "created_by": people[0]}
    return schedules.create_schedule(place, recipients=people, **(facts | {"at": NOW} | fields))


def asked(place: Location) -> list[tuple[str, str]]:
    return [
        (str(report.first_on), str(report.last_on)) for report in place.reports.order_by("first_on")
    ]


def test_a_month_is_asked_for_when_it_is_over_by_the_locations_clocks(
    place: Location, dana: User
) -> None:
    made = scheduled(place, dana)
    assert made.next_on == dt.date(2026, 6, 1)
    assert schedules.request_due_reports(at=at("2026-06-01 04:59:59")) == 0
    assert schedules.request_due_reports(at=at("2026-06-01 05:00:00")) == 1
    assert schedules.request_due_reports(at=at("2026-06-01 05:00:01")) == 0
    assert asked(place) == [("2026-05-01", "2026-05-31")]
    report = Report.objects.get()
    assert (report.schedule, report.requested_by, report.announce) == (made, dana, True)
    made.refresh_from_db()
    assert made.next_on == dt.date(2026, 7, 1)


def test_a_week_is_from_monday_to_sunday(place: Location, dana: User) -> None:
    scheduled(place, dana, every=Every.WEEK)
    assert schedules.request_due_reports(at=at("2026-05-17 12:00:00")) == 0
    assert schedules.request_due_reports(at=at("2026-05-18 12:00:00")) == 1
    assert asked(place) == [("2026-05-11", "2026-05-17")]


def test_periods_that_were_missed_are_made_up_in_order(place: Location, dana: User) -> None:
    scheduled(place, dana)
    later = at("2026-08-20 12:00:00")
    assert [schedules.request_due_reports(at=later) for _ in range(4)] == [1, 1, 1, 0]
    assert asked(place) == [
        ("2026-05-01", "2026-05-31"),
        ("2026-06-01", "2026-06-30"),
        ("2026-07-01", "2026-07-31"),
    ]


def test_a_location_with_too_many_reports_to_build_is_asked_again_later(
    place: Location, dana: User
) -> None:
    scheduled(place, dana)
    for _ in range(requests.MAX_UNFINISHED):
        traffic.report(place)
    due = at("2026-06-02 12:00:00")
    assert schedules.request_due_reports(at=due) == 0
    Report.objects.update(state=JobState.FAILED)
    assert schedules.request_due_reports(at=due) == 1


def test_a_stopped_schedule_asks_no_more(place: Location, dana: User) -> None:
    made = scheduled(place, dana)
    assert schedules.stop_schedule(made, stopped_by=dana, at=NOW)
    assert not schedules.stop_schedule(made, stopped_by=dana, at=NOW)
    assert schedules.request_due_reports(at=at("2026-06-02 12:00:00")) == 0


def test_a_schedule_ends_when_nobody_on_its_list_may_read_it(place: Location, dana: User) -> None:
    made = scheduled(place, dana)
    dana.memberships.all().delete()
    assert schedules.request_due_reports(at=at("2026-06-02 12:00:00")) == 0
    made.refresh_from_db()
    assert (made.stopped_by, made.stopped_at) == (None, at("2026-06-02 12:00:00"))


def test_a_location_has_so_many_schedules(place: Location, dana: User) -> None:
    first, *_ = [scheduled(place, dana) for _ in range(schedules.MAX_SCHEDULES)]
    with pytest.raises(schedules.TooManySchedules):
        scheduled(place, dana)
    schedules.stop_schedule(first, stopped_by=dana, at=NOW)
    scheduled(place, dana)


def test_numbers_are_masked_if_one_reader_sees_them_masked(place: Location, dana: User) -> None:
    Location.objects.filter(pk=place.pk).update(masked_roles=[Role.ADMIN])
    boss = make_member(place, Role.ACCOUNT_ADMIN)
    scheduled(place, boss)
    scheduled(place, boss, dana)
    schedules.request_due_reports(at=at("2026-06-02 12:00:00"))
    assert sorted(Report.objects.values_list("masked", flat=True)) == [False, True]


def test_the_database_keeps_a_period_to_one_report(place: Location, dana: User) -> None:
    made = scheduled(place, dana)
    day = dt.date(2026, 5, 1)
    traffic.report(place, schedule=made, first_on=day)
    with pytest.raises(IntegrityError, match="report_once_per_period"), transaction.atomic():
        traffic.report(place, schedule=made, first_on=day)


def test_the_task_asks(place: Location, dana: User) -> None:
    made = scheduled(place, dana, at=NOW - dt.timedelta(days=40))
    request_scheduled_reports()
    made.refresh_from_db()
    assert len(asked(place)) == 1


# --- The mail ---------------------------------------------------------------------------------


def over(place: Location, state: str = JobState.READY, **fields: Any) -> Report:
    facts = {"file": "reports/x.xlsx", "credits": 0, "announce": True, "finished_at": NOW}
    return traffic.report(place, state=state, **(facts | fields))


def test_each_reader_gets_a_mail_of_their_own_with_a_link_once(
    place: Location, dana: User, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://credits.example.org"
    eve, gone = make_member(place, full_name="Eve"), make_member(place)
    made = scheduled(place, dana, eve, gone)
    gone.memberships.all().delete()
    report = over(place, schedule=made)
    assert (notifications.announce(at=NOW), notifications.announce(at=NOW)) == (1, 0)
    assert sorted(message.to for message in mail.outbox) == [["dana@example.org"], [eve.email]]
    [to_dana] = [message for message in mail.outbox if message.to == ["dana@example.org"]]
    assert to_dana.subject == "International Messages, Acme Dallas is ready"
    assert f"https://credits.example.org/reports/{report.pk}/download/" in to_dana.body
    assert "Days: 1 May – 31 May 2026" in to_dana.body
    assert "Hello Dana," in to_dana.body
    assert "You will be asked to sign in." in to_dana.body
    report.refresh_from_db()
    assert report.announced_at == NOW


def test_whoever_asked_to_be_told_is_told_of_a_failure_too(place: Location) -> None:
    report = over(place, JobState.FAILED, failure="The disk was full.", file="")
    notifications.announce(at=NOW)
    [message] = mail.outbox
    assert message.to == [report.requested_by.email]
    assert message.subject == "International Messages, Acme Dallas could not be made"
    assert "could not be made. The disk was full." in message.body
    assert f"/locations/{place.pk}/reports/" in message.body


@pytest.mark.parametrize(
    "fields",
    [
        {"announce": False},
        {"state": JobState.CANCELLED},
        {"state": JobState.RUNNING},
        {"finished_at": NOW - notifications.ANNOUNCE_WITHIN - dt.timedelta(seconds=1)},
        {"announced_at": NOW},
    ],
)
def test_nothing_else_is_announced(place: Location, fields: dict[str, Any]) -> None:
    over(place, **fields)
    assert (notifications.announce(at=NOW), mail.outbox) == (0, [])


def test_a_mail_server_that_is_gone_is_tried_again(
    place: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    over(place)
    with monkeypatch.context() as context:

        def refuse(*_: Any, **__: Any) -> Any:
            raise ConnectionRefusedError

        context.setattr("django.core.mail.get_connection", refuse)
        assert notifications.announce(at=NOW) == 0
    assert notifications.announce(at=NOW) == 1


def test_no_name_spoils_the_subject(place: Location) -> None:
    Location.objects.filter(pk=place.pk).update(name="Acme\r\nBcc: x@example.org")
    over(place)
    notifications.announce(at=NOW)
    assert mail.outbox[0].subject == "International Messages, Acme Bcc: x@example.org is ready"
    assert mail.outbox[0].bcc == []


# --- The page ---------------------------------------------------------------------------------


@pytest.fixture
def manager(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def test_a_schedule_is_made_shown_and_stopped_on_the_page(
    manager: Client, place: Location, dana: User
) -> None:
    eve = make_member(place, full_name="Eve Other")
    page = f"/locations/{place.pk}/reports/"
    form = {"kind": "statement", "format": "csv", "every": "week", "recipients": [dana.pk, eve.pk]}
    assert manager.post(f"{page}schedules/", form)["Location"] == page
    made = ReportSchedule.objects.get()
    assert (made.kind, made.format, made.every, made.created_by) == (
        "statement",
        "csv",
        "week",
        dana,
    )
    said = words(manager.get(page))
    assert "Statement (CSV) Every week · next on" in said
    assert "Dana Manager, Eve Other · set up by Dana Manager" in said
    assert manager.post(f"/reports/schedules/{made.pk}/stop/")["Location"] == page
    made.refresh_from_db()
    assert made.stopped_by == dana
    assert "set up by" not in words(manager.get(page))


@pytest.mark.parametrize("who", ["nobody", "editor", "foreign"])
def test_only_those_who_may_open_it_can_be_chosen(
    manager: Client, place: Location, who: str
) -> None:
    people = {
        "nobody": [],
        "editor": [make_member(place, Role.EDITOR).pk],
        "foreign": [make_member(make_location()).pk],
    }
    form = {"kind": "chat", "format": "xlsx", "every": "month", "recipients": people[who]}
    answer = manager.post(f"/locations/{place.pk}/reports/schedules/", form)
    assert answer.status_code == 422
    assert list(answer.context["schedule_form"].errors) == ["recipients"]
    assert not ReportSchedule.objects.exists()
