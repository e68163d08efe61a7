"""What the database keeps about reports."""

from reports.models.downloads import ReportDownload
from reports.models.reports import (
    UNFINISHED,
    Report,
    ReportFormat,
    ReportKind,
    ReportState,
)
from reports.models.schedules import Every, ReportSchedule

__all__ = [
    "UNFINISHED",
    "Every",
    "Report",
    "ReportDownload",
    "ReportFormat",
    "ReportKind",
    "ReportSchedule",
    "ReportState",
]
