"""A report shows one moment, whatever happens meanwhile; how far it is can be seen."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from ledger.models import Balance
from locations import jobs
from locations.models.jobs import JobState
from reports.exports import writer
from reports.models import Report
from tests.reports import traffic
from tests.reports.exports.builds import build, during_row, in_another_thread, summary
from tests.reports.traffic import MEXICO, utc

pytestmark = pytest.mark.usefixtures("cloned_database", "no_folder_is_left")


def test_progress_is_seen_from_outside_and_keeps_the_lease(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = traffic.report(place)
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0)
    monkeypatch.setattr(writer, "ROWS_BETWEEN_HEARTBEATS", 10)
    seen: list[Any] = []

    def look() -> None:
        now = Report.objects.get(pk=report.pk)
        seen.append((now.state, now.rows_done, now.rows_total))
        assert now.leased_until is not None
        seen.append(now.leased_until)

    during_row(monkeypatch, 25, lambda: in_another_thread(look))
    assert build(report)
    assert seen[0] == (JobState.RUNNING, 20, 40)
    report.refresh_from_db()
    assert report.rows_done == 40


def test_a_report_shows_one_moment_whatever_is_charged_meanwhile(
    place: Any, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = traffic.report(place)
    number = Balance.objects.get(location=place).last_number
    during_row(
        monkeypatch,
        3,
        lambda: in_another_thread(
            lambda: traffic.texts(place, utc("2026-05-11 10:00:00"), MEXICO, MEXICO)
        ),
    )
    assert build(report)
    report.refresh_from_db()
    assert Balance.objects.get(location=place).last_number == number + 1
    assert report.rows_done == 40
    assert summary(media / report.file)["As of ledger entry number"] == number


def test_a_build_does_not_run_inside_a_transaction(place: Any) -> None:
    report = traffic.report(place)
    with pytest.raises(RuntimeError), transaction.atomic():
        build(report)
