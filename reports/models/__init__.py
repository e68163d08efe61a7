"""What the database keeps about reports."""

from reports.models.downloads import ReportDownload
from reports.models.reports import (
    UNFINISHED,
    Report,
    ReportFormat,
    ReportKind,
    ReportState,
)

__all__ = ["UNFINISHED", "Report", "ReportDownload", "ReportFormat", "ReportKind", "ReportState"]
