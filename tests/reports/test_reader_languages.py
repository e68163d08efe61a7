"""Mails and files come in the language of who reads them, or of who asked for them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import translation
from python_calamine import CalamineWorkbook

from locations.models import User
from locations.models.jobs import JobState
from reports.alerts.evaluate import evaluate_alert, set_alert
from reports.alerts.mails import send_due_mails
from reports.exports import build, requests
from reports.exports.listing import filename
from reports.exports.schedules import create_schedule, request_due_reports
from reports.models import AlertMail, Every, Report, ReportKind
from tests.factories import NOON, make_location, make_member
from tests.reports import traffic
from tests.reports.alerts.test_evaluate import take
from tests.reports.traffic import GERMANY, MEXICO, utc

FRENCH = {"full_name": "Anne Martin", "language": "fr"}


def report_of(user: User, location: Any, kind: str = ReportKind.INTERNATIONAL) -> Report:
    return requests.request_report(
        location,
        kind=kind,
        first_on=dt.date(2026, 5, 1),
        last_on=dt.date(2026, 5, 31),
        requested_by=user,
        at=utc("2026-06-01 00:00:00"),
    )


@pytest.mark.django_db
def test_each_reader_of_an_alert_gets_it_in_their_own_language() -> None:
    location = make_location(included=10_000)
    anne = make_member(location, email="anne@example.org", **FRENCH)
    dana = make_member(location, email="dana@example.org", full_name="Dana Manager")
    set_alert(
        location,
        is_on=True,
        below_credits=9_000,
        below_days=None,
        members=[anne, dana],
        set_by=dana,
        at=NOON,
    )
    take(location, 2_000)
    evaluate_alert(location.pk, at=NOON)
    assert AlertMail.objects.count() == 2

    with translation.override("es"):  # whatever the worker was at before
        send_due_mails(at=NOON)
        assert translation.get_language() == "es"

    sent = {message.to[0]: message for message in mail.outbox}
    html = {to: message.alternatives[0].content for to, message in sent.items()}  # type: ignore[attr-defined]
    assert '<html lang="fr">' in html["anne@example.org"]
    assert '<html lang="en">' in html["dana@example.org"]
    assert "8\N{NO-BREAK SPACE}000" in sent["anne@example.org"].body
    assert "8,000" in sent["dana@example.org"].body


@pytest.mark.django_db
def test_a_report_keeps_the_language_of_who_asked() -> None:
    location = make_location(name="Harbor")
    anne = make_member(location, **FRENCH)
    report = report_of(anne, location)

    User.objects.filter(pk=anne.pk).update(language="es")
    report.refresh_from_db()
    assert report.language == "fr"
    with translation.override("es"):
        assert filename(report).startswith("Harbor_")
    assert report_of(make_member(location), location, ReportKind.CHAT).language == "en"


@pytest.mark.django_db
def test_a_scheduled_report_is_in_the_language_of_who_set_it_up() -> None:
    location = make_location()
    anne, dana = make_member(location, **FRENCH), make_member(location)
    create_schedule(
        location,
        kind=ReportKind.CHAT,
        format="xlsx",
        every=Every.MONTH,
        recipients=[anne, dana],
        created_by=anne,
        at=NOON,
    )
    assert request_due_reports(at=NOON + dt.timedelta(days=31)) == 1
    assert [report.language for report in Report.objects.all()] == ["fr"]


@pytest.mark.django_db
def test_the_database_keeps_no_language_that_is_not_offered() -> None:
    location = make_location()
    report = report_of(make_member(location), location)
    with pytest.raises(IntegrityError, match="report_language"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(language="xx")


@pytest.mark.usefixtures("cloned_database")
def test_a_workbook_is_written_in_the_language_of_its_report(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    place = traffic.location(time_zone="America/Chicago")
    traffic.texts(place, utc("2026-05-04 10:00:00"), MEXICO, GERMANY)
    report = report_of(make_member(place, **FRENCH), place)

    build.build_next(clock=traffic.stopped())

    report.refresh_from_db()
    assert (report.state, report.failure) == (JobState.READY, "")
    book = CalamineWorkbook.from_path(str(tmp_path / report.file))
    rows = book.get_sheet_by_index(1).to_python()
    countries = {cell for row in rows for cell in row if str(cell).endswith(("(MX)", "(DE)"))}
    assert countries == {"Mexique (MX)", "Allemagne (DE)"}
    assert translation.get_language() == "en"
