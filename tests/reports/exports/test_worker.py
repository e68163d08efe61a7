"""The whole way: asked for here, built by a Celery worker that is a process of its own."""

import time
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from python_calamine import CalamineWorkbook

from locations.models.jobs import JobState
from reports.exports import requests
from reports.models import Report, ReportKind
from tests.product import LiveProduct
from tests.reports import traffic
from tests.reports.traffic import MEXICO, NOW, utc

PATIENCE_SECONDS = 60


def test_a_worker_builds_what_was_asked_for(live_product: LiveProduct) -> None:
    live_product.start_worker()
    place, person = traffic.location(), traffic.person()
    traffic.texts(place, utc("2026-05-04 10:00:00"), MEXICO, MEXICO)
    traffic.chat(place, utc("2026-05-04 10:00:00"))
    reports = [
        requests.request_report(
            place,
            kind=kind,
            first_on=traffic.dt.date(2026, 5, 1),
            last_on=traffic.dt.date(2026, 5, 31),
            requested_by=person,
            at=NOW,
        )
        for kind in (ReportKind.INTERNATIONAL, ReportKind.CHAT)
    ]
    built = [finished(report, live_product) for report in reports]
    assert [(report.state, report.credits) for report in built] == [
        (JobState.READY, 14),
        (JobState.READY, 2),
    ]
    assert [len(messages(report)) for report in built] == [3, 2]


def finished(report: Report, product: LiveProduct) -> Report:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        report.refresh_from_db()
        if not report.is_unfinished:
            return report
        time.sleep(0.1)
    raise AssertionError(f"Still {report.state}:\n{product.log('worker')}")


def messages(report: Report) -> list[Any]:
    path = Path(default_storage.path(report.file))
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Messages").to_python()
