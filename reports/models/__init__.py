from reports.models.alerts import MAX_BELOW_CREDITS, MAX_BELOW_DAYS, Alert, AlertMail, Level
from reports.models.daily_rates import LocationDailyRate
from reports.models.downloads import ReportDownload
from reports.models.estimates import LongEstimate
from reports.models.reports import Report, ReportFormat, ReportKind
from reports.models.schedules import Every, ReportSchedule
