import re

from django.db.models import Prefetch, QuerySet
from django.utils.translation import override

from locations.downloads import CSV, XLSX
from locations.models import Location
from reports.exports.schedules import active_schedules
from reports.models import Report, ReportDownload, ReportFormat, ReportSchedule

NEWEST = 5
CONTENT_TYPES = {ReportFormat.XLSX: XLSX, ReportFormat.CSV: CSV}


def all_reports(location: Location) -> QuerySet[Report]:
    return location.reports.select_related("requested_by", "cancelled_by")


def with_downloads(reports: QuerySet[Report]) -> QuerySet[Report]:
    downloads = ReportDownload.objects.select_related("user")
    return reports.prefetch_related(Prefetch("downloads", downloads, to_attr="listed_downloads"))


def read_schedules(location: Location) -> list[ReportSchedule]:
    return list(
        active_schedules(location).select_related("created_by").prefetch_related("recipients")
    )


def newest_reports(location: Location) -> list[Report]:
    return list(all_reports(location)[:NEWEST])


def filename(report: Report) -> str:
    """Acme-Dallas_International-Messages_2026-10-01_2026-10-31.xlsx"""
    with override(report.language):
        stem = file_stem(report.location.name, str(report.get_kind_display()))
    return f"{stem}_{report.first_on}_{report.last_on}.{report.format}"


def file_stem(location: str, title: str) -> str:
    parts = (re.sub(r"[^\w]+", "-", part).strip("-") or "Location" for part in (location, title))
    return "_".join(parts)
