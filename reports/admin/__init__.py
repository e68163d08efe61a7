"""Admin of reports and alerts; the health page and the index page."""

from django.contrib import admin

from reports.admin import (
    dashboard,
    reports,  # noqa: F401
)
from reports.models import Alert, AlertMail, Report, ReportDownload, ReportSchedule

admin.site.attention = dashboard.attention  # type: ignore[attr-defined]
admin.site.order_menu(  # type: ignore[attr-defined]
    Report, ReportSchedule, Alert, AlertMail, ReportDownload
)
