"""Reports, schedules and alerts, read-only; their panel on a location's page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.translation import gettext_lazy as _

from locations.admin.base import ReadOnlyAdmin
from locations.admin.panels import Panel, register_panel
from locations.models import Location
from reports.admin.dashboard import health
from reports.exports.listing import newest_reports
from reports.models import Alert, AlertMail, Report, ReportDownload, ReportSchedule


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = (
        "kind",
        "location",
        "first_on",
        "last_on",
        "state",
        "requested_by",
        "requested_at",
        "finished_at",
        "size",
        "attempts",
    )
    list_filter = ("state", "kind")
    list_select_related = ("location", "requested_by")
    search_fields = ("location__name", "requested_by__email")
    date_hierarchy = "requested_at"
    fields = (
        ("location", "kind"),
        ("first_on", "last_on"),
        ("state", "attempts", "failure"),
        ("requested_by", "requested_at"),
        ("started_at", "leased_until", "finished_at"),
        ("rows_done", "rows_total", "credits"),
        ("size", "file"),
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(health)
        return [path("health/", view, name="ledger_health"), *super().get_urls()]

    @admin.display(description=_("Size"))
    def size(self, report: Report) -> str:
        return filesizeformat(report.size_bytes) if report.size_bytes is not None else "–"


@admin.register(ReportDownload)
class ReportDownloadAdmin(ReadOnlyAdmin):
    list_display = ("report", "location", "user", "at")
    list_select_related = ("report__location", "user")
    search_fields = ("report__location__name", "user__email")
    date_hierarchy = "at"

    @admin.display(description=_("Location"))
    def location(self, download: ReportDownload) -> str:
        return download.report.location.name


@admin.register(ReportSchedule)
class ReportScheduleAdmin(ReadOnlyAdmin):
    list_display = ("kind", "location", "every", "created_by", "created_at", "stopped_at")
    list_select_related = ("location", "created_by")
    list_filter = ("every",)
    search_fields = ("location__name", "created_by__email")


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("location", "is_on", "below_credits", "below_days", "level", "level_since")
    list_filter = ("is_on", "level")
    list_select_related = ("location",)
    search_fields = ("location__name",)


@admin.register(AlertMail)
class AlertMailAdmin(ReadOnlyAdmin):
    list_display = ("alert", "user", "level", "crossed_at", "sent_at", "attempts", "error")
    list_filter = ("level",)
    list_select_related = ("alert__location", "user")
    search_fields = ("alert__location__name", "user__email")
    date_hierarchy = "crossed_at"


@register_panel
def alert_and_reports_panel(request: HttpRequest, location: Location) -> Panel | None:
    can_view_alerts = request.user.has_perm("reports.view_alert")
    can_view_reports = request.user.has_perm("reports.view_report")
    if not can_view_alerts and not can_view_reports:
        return None
    alert = Alert.objects.filter(location=location).first() if can_view_alerts else None
    content = {
        "can_view_alerts": can_view_alerts,
        "alert": alert,
        "members": alert.members.count() if alert else 0,
        "can_view_reports": can_view_reports,
        "reports": newest_reports(location) if can_view_reports else [],
    }
    return Panel("admin/reports/location_panel.html", content)
