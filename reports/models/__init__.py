from reports.models.alerts import MOST_CREDITS, MOST_DAYS, Alert, AlertMail, Level
from reports.models.daily_rates import LocationDailyRate
from reports.models.downloads import ReportDownload
from reports.models.estimates import LongEstimate
from reports.models.reports import Report, ReportFormat, ReportKind
from reports.models.schedules import Every, ReportSchedule

__all__ = [
    "MOST_CREDITS",
    "MOST_DAYS",
    "Alert",
    "AlertMail",
    "Every",
    "Level",
    "LocationDailyRate",
    "LongEstimate",
    "Report",
    "ReportDownload",
    "ReportFormat",
    "ReportKind",
    "ReportSchedule",
]
