"""What the database keeps about reports."""

from reports.models.reports import UNFINISHED, Report, ReportKind, ReportState

__all__ = ["UNFINISHED", "Report", "ReportKind", "ReportState"]
