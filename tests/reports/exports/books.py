"""The workbooks of replayed traffic: that of the folder in TRAFFIC, else a small one of our own."""

import datetime as dt
import io
import os
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import Max, Min

from ledger.models import Entry
from locations.models import Location
from locations.models.jobs import JobState
from reports.exports import build
from reports.models import Report, ReportFormat, ReportKind
from tests.ledger.replay.traffic_folder import FILES
from tests.reports import traffic


@dataclass(frozen=True)
class BuiltBook:
    location: Location
    report: Report
    path: Path

    def __str__(self) -> str:
        return f"{self.location.name}, {self.report}"


def replay(folder: Path) -> None:
    """Charge the traffic: locations, purchases, broadcasts and chats, each at its own instant."""
    given = os.environ.get("TRAFFIC")
    if not given:
        for name, content in FILES.items():
            (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    call_command("replay_traffic", given or str(folder), stdout=io.StringIO())


def build_all(format: str = ReportFormat.XLSX) -> list[BuiltBook]:
    """Every kind of report of every location, over all of its days."""
    books = []
    for location in Location.objects.order_by("pk"):
        for kind in ReportKind.values:
            report = traffic.report(location, kind, *days_of(location), format=format)
            built = build.build_next(clock=traffic.stopped())
            assert built is not None
            assert built.pk == report.pk
            report.refresh_from_db()
            assert (report.state, report.failure) == (JobState.READY, "")
            books.append(BuiltBook(location, report, Path(default_storage.path(report.file))))
    return books


def days_of(location: Location) -> tuple[dt.date, dt.date]:
    found = Entry.objects.filter(location=location).aggregate(first=Min("day"), last=Max("day"))
    return found["first"], found["last"]
