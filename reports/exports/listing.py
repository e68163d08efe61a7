"""Reports as the pages list and hand them out."""

import datetime as dt
import re
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.utils.translation import override

from locations.models import Location
from reports.exports.schedules import going_on
from reports.models import LongEstimate, Report, ReportDownload, ReportFormat, ReportSchedule

NEWEST = 5
# How often a list is looked at, in seconds, while the youngest report is younger than that.
LOOKS = ((dt.timedelta(minutes=1), 2), (dt.timedelta(minutes=10), 5))
SELDOM = 15
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {
    ReportFormat.XLSX: XLSX,
    ReportFormat.CSV: "text/csv; charset=utf-8",
}


def all_reports(location: Location) -> QuerySet[Report]:
    """The newest first, with the people that the list names."""
    return location.reports.select_related("requested_by", "cancelled_by")


def with_downloads(reports: QuerySet[Report]) -> QuerySet[Report]:
    """The same, each with who downloaded it, as `handed_to`: the latest first."""
    downloads = ReportDownload.objects.select_related("user")
    return reports.prefetch_related(Prefetch("downloads", downloads, to_attr="handed_to"))


def listed_schedules(location: Location) -> list[ReportSchedule]:
    """Those that go on, with who receives them and when the next report is asked for."""
    return list(going_on(location).select_related("created_by").prefetch_related("recipients"))


def look_again_seconds(reports: Iterable[Report | LongEstimate], *, at: dt.datetime) -> int | None:
    """After how long a list should be looked at again; None once nothing of it is under way.

    What has been waited for for long is not over within the next seconds either.
    """
    ages = [at - report.requested_at for report in reports if report.is_unfinished]
    if not ages:
        return None
    return next((wait for age, wait in LOOKS if min(ages) < age), SELDOM)


def newest_reports(location: Location) -> list[Report]:
    return list(all_reports(location)[:NEWEST])


def filename(report: Report) -> str:
    """Acme-Dallas_International-Messages_2026-10-01_2026-10-31.xlsx"""
    with override(report.language):
        words = file_words(report.location.name, str(report.get_kind_display()))
    return f"{words}_{report.first_on}_{report.last_on}.{report.format}"


def file_words(location: str, what: str) -> str:
    """Acme-Dallas_International-Messages: without what a file's name may not hold."""
    parts = (re.sub(r"[^\w]+", "-", part).strip("-") or "Location" for part in (location, what))
    return "_".join(parts)
