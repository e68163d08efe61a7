"""Reports as the pages list and hand them out."""

import re
from typing import IO

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from locations.models import Location
from reports.models import Report, ReportFormat, ReportState

NEWEST = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {
    ReportFormat.XLSX: XLSX,
    ReportFormat.CSV: "text/csv; charset=utf-8",
}


def all_reports(location: Location) -> QuerySet[Report]:
    """The newest first, with the people that the list names."""
    return location.reports.select_related("asked_by", "cancelled_by")


def newest_reports(location: Location) -> list[Report]:
    return list(all_reports(location)[:NEWEST])


def open_file(report: Report) -> IO[bytes] | None:
    """The finished file; None where there is none (not yet, not any more, or lost)."""
    if report.state != ReportState.READY:
        return None
    try:
        return default_storage.open(report.file)
    except FileNotFoundError:
        return None


def filename(report: Report) -> str:
    """Acme-Dallas_International-Messages_2026-10-01_2026-10-31.xlsx"""
    words = file_words(report.location.name, report.get_kind_display())
    return f"{words}_{report.first_on}_{report.last_on}.{report.format}"


def file_words(location: str, what: str) -> str:
    """Acme-Dallas_International-Messages: without what a file's name may not hold."""
    parts = (re.sub(r"[^\w]+", "-", part).strip("-") or "Location" for part in (location, what))
    return "_".join(parts)
