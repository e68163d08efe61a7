"""What the database keeps about reports."""

from reports.models.reports import (
    UNFINISHED,
    Report,
    ReportFormat,
    ReportKind,
    ReportState,
)

__all__ = ["UNFINISHED", "Report", "ReportFormat", "ReportKind", "ReportState"]
