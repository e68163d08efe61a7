"""What the database keeps about reports."""

from reports.models.alerts import MOST_CREDITS, MOST_DAYS, Alert, AlertMail, Level
from reports.models.daily_rates import LocationPace
from reports.models.downloads import ReportDownload
from reports.models.estimates import LongEstimate
from reports.models.reports import (
    UNFINISHED,
    Report,
    ReportFormat,
    ReportKind,
    ReportState,
)
from reports.models.schedules import Every, ReportSchedule

__all__ = [
    "MOST_CREDITS",
    "MOST_DAYS",
    "UNFINISHED",
    "Alert",
    "AlertMail",
    "Every",
    "Level",
    "LocationPace",
    "LongEstimate",
    "Report",
    "ReportDownload",
    "ReportFormat",
    "ReportKind",
    "ReportSchedule",
    "ReportState",
]
