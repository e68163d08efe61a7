"""Asking for a report: the row, the limit, and a task that a lost broker cannot hold up."""

import datetime as dt
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction

from locations import jobs
from locations.models import Location, User
from locations.models.jobs import JobState
from reports.exports import requests
from reports.models import Report, ReportKind
from tests.databases import Clone
from tests.plugin import ROOT
from tests.processes import race
from tests.reports import traffic
from tests.reports.traffic import NOW

MAY = {"first_on": dt.date(2026, 5, 1), "last_on": dt.date(2026, 5, 31)}
OnCommit = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture
def queue() -> Iterator[Any]:
    """What the broker keeps for the workers of reports."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete("reports")
    yield lambda: [task_of(message) for message in broker.lrange("reports", 0, -1)]
    broker.delete("reports")
    broker.close()


def task_of(message: bytes) -> tuple[str, str]:
    headers = json.loads(message)["headers"]
    return headers["task"], headers["argsrepr"]


def ask(place: Location, person: User | None = None, **fields: Any) -> Report:
    facts = {"kind": ReportKind.CHAT, **MAY, **fields}
    return requests.request_report(place, requested_by=person or traffic.person(), at=NOW, **facts)


@pytest.mark.django_db
def test_a_report_is_queued_once_it_is_committed(
    queue: Any, django_capture_on_commit_callbacks: OnCommit
) -> None:
    place, person = traffic.location(), traffic.person()
    with django_capture_on_commit_callbacks(execute=True):
        report = ask(place, person)
        assert queue() == []
    assert queue() == [("reports.tasks.build_report", f"['{report.pk}']")]
    report.refresh_from_db()
    assert (report.state, report.kind, report.first_on, report.last_on) == (
        JobState.QUEUED,
        ReportKind.CHAT,
        dt.date(2026, 5, 1),
        dt.date(2026, 5, 31),
    )
    assert (report.requested_by, report.requested_at, report.attempts) == (person, NOW, 0)


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_queued(
    queue: Any, django_capture_on_commit_callbacks: OnCommit
) -> None:
    place = traffic.location()
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        ask(place)
        raise ZeroDivisionError
    assert queue() == []


@pytest.mark.django_db
def test_a_location_waits_for_so_many_reports_and_no_more() -> None:
    place, other = traffic.location(), traffic.location(name="Other")
    for state in [JobState.QUEUED, JobState.RUNNING]:
        traffic.report(place, state=state)
    for _ in range(requests.MAX_UNFINISHED - 2):
        ask(place)
    with pytest.raises(requests.TooManyReports, match="5 reports of this location are being built"):
        ask(place)
    ask(other)
    Report.objects.filter(location=place).update(state=JobState.FAILED)
    ask(place)


@pytest.mark.django_db
def test_one_day_is_a_range_and_a_range_backwards_is_not() -> None:
    place = traffic.location()
    ask(place, last_on=MAY["first_on"])
    with pytest.raises(requests.InvalidRange, match="must not be before the first"):
        ask(place, last_on=dt.date(2026, 4, 30))
    with pytest.raises(ValueError, match="everything"):
        ask(place, kind="everything")


@pytest.mark.processes
def test_people_who_ask_at_once_do_not_get_past_the_limit(cloned_database: Clone) -> None:
    place, person = traffic.location(), traffic.person()
    outcomes = race(ask_slowly, [{"place": place, "person": person}] * 8)
    assert sorted(outcome.error for outcome in outcomes) == [""] * 5 + ["TooManyReports"] * 3
    assert Report.objects.count() == requests.MAX_UNFINISHED


def ask_slowly(place: Location, person: User) -> str:
    """Time for the others between the count and the new row."""

    def kind(name: str) -> ReportKind:
        time.sleep(0.2)
        return ReportKind(name)

    requests.ReportKind = kind  # type: ignore[assignment,misc]
    return str(ask(place, person).pk)


def test_asking_does_not_wait_for_charges(cloned_database: Clone) -> None:
    """A charge refers to the location, and so locks its row against changes of its key."""
    place, person = traffic.location(), traffic.person()
    with closing(connection.copy()) as charging:
        charging.set_autocommit(False)
        with charging.cursor() as cursor:
            cursor.execute("SELECT FROM locations_location WHERE id = %s FOR KEY SHARE", [place.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        ask(place, person)
        charging.rollback()


ASK = """
import datetime as dt, time
from django.utils import timezone
from locations.models import Location, User
from reports.exports import requests
started = time.monotonic()
requests.request_report(Location.objects.get(), kind="chat", first_on=dt.date(2026, 5, 1),
             last_on=dt.date(2026, 5, 31), requested_by=User.objects.get(), at=timezone.now())
print(time.monotonic() - started)
"""


@pytest.mark.parametrize("broker", ["refuses", "never answers"])
def test_a_lost_broker_neither_fails_nor_holds_up_the_asking(
    cloned_database: Clone, broker: str
) -> None:
    traffic.location()
    traffic.person()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if broker == "never answers":
            silent.listen()
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", ASK],
            cwd=ROOT,
            env={
                **cloned_database.environment,
                "REDIS_URL": f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 8  # twice a second of waiting; Celery itself waits ten
    assert "is not queued and will be requeued" in done.stderr
    assert Report.objects.get().state == JobState.QUEUED


def test_the_row_is_enough_for_a_broker_that_comes_back(cloned_database: Clone, queue: Any) -> None:
    report = traffic.report(traffic.location())
    assert jobs.enqueue(Report, report.pk)
    assert queue() == [("reports.tasks.build_report", f"['{report.pk}']")]
