"""Addresses of Credit Usage and its reports."""

from django.urls import path, register_converter

from reports.account import views
from reports.alerts import views as alerts
from reports.converters import DayConverter
from reports.credit_requests import views as buying
from reports.estimates import views as estimates
from reports.exports import schedule_views
from reports.exports import views as reports
from reports.history import views as messages
from reports.impersonation import views as seeing
from reports.usage import export_views
from reports.usage import views as usage

register_converter(DayConverter, "day")

urlpatterns = [
    path("", usage.home, name="home"),
    path("locations/<int:pk>/credit-usage/", usage.credit_usage, name="credit-usage"),
    path("locations/<int:pk>/credit-usage/days.csv", export_views.csv_file, name="usage-csv"),
    path("locations/<int:pk>/credit-usage/days.xlsx", export_views.xlsx_file, name="usage-xlsx"),
    path(
        "locations/<int:pk>/credit-usage/statement/", export_views.statement, name="usage-statement"
    ),
    path("locations/<int:pk>/credit-usage/days/<day:date>/", messages.day, name="usage-day"),
    path("locations/<int:pk>/credit-usage/newest/", messages.newest, name="usage-newest"),
    path("locations/<int:pk>/credit-usage/search/", messages.search, name="usage-search"),
    path(
        "locations/<int:pk>/credit-usage/charges/<int:charge_pk>/",
        messages.charge,
        name="usage-charge",
    ),
    path(
        "locations/<int:pk>/credit-usage/charges/<int:charge_pk>/correction/",
        messages.correction,
        name="usage-correction",
    ),
    path(
        "locations/<int:pk>/credit-usage/charges/<int:charge_pk>"
        "/messages/<int:position>/correction/",
        messages.correction,
        name="usage-message-correction",
    ),
    path("locations/<int:pk>/as-manager/", seeing.begin, name="as-manager"),
    path("as-manager/end/", seeing.end, name="as-manager-end"),
    path("locations/<int:pk>/estimate/", estimates.before_you_send, name="estimate"),
    path(
        "locations/<int:pk>/estimate/<uuid:estimate_pk>/",
        estimates.long_estimate,
        name="long-estimate",
    ),
    path(
        "locations/<int:pk>/estimate/<uuid:estimate_pk>/state/",
        estimates.long_estimate_state,
        name="long-estimate-state",
    ),
    path(
        "locations/<int:pk>/estimate/<uuid:estimate_pk>/forget/",
        estimates.long_estimate_forget,
        name="long-estimate-forget",
    ),
    path("locations/<int:pk>/credits/", buying.request_credits, name="request-credits"),
    path("accounts/<int:pk>/", views.account_usage, name="account-usage"),
    path("accounts/<int:pk>/locations.csv", views.csv_file, name="account-csv"),
    path("accounts/<int:pk>/locations.xlsx", views.xlsx_file, name="account-xlsx"),
    path("locations/<int:pk>/alerts/", alerts.alerts, name="alerts"),
    path("locations/<int:pk>/reports/", reports.reports, name="reports"),
    path("locations/<int:pk>/reports/newest/", reports.report_list, name="report-list"),
    path("locations/<int:pk>/reports/schedules/", schedule_views.add, name="schedule-add"),
    path("reports/schedules/<int:pk>/stop/", schedule_views.stop, name="schedule-stop"),
    path("reports/<uuid:pk>/cancel/", reports.report_cancel, name="report-cancel"),
    path("reports/<uuid:pk>/again/", reports.report_again, name="report-again"),
    path("reports/<uuid:pk>/download/", reports.report_download, name="report-download"),
]
