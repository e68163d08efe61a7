from django.urls import path, register_converter

from reports.account import views as account_views
from reports.alerts import views as alert_views
from reports.converters import DayConverter
from reports.credit_requests import views as credit_request_views
from reports.estimates import views as estimate_views
from reports.exports import views as report_views
from reports.history import views as history_views
from reports.impersonation import views as impersonation_views
from reports.usage import export_views
from reports.usage import views as usage_views

register_converter(DayConverter, "day")

urlpatterns = [
    path("", usage_views.home, name="home"),
    path("locations/<int:pk>/credit-usage/", usage_views.credit_usage, name="credit-usage"),
    path("locations/<int:pk>/credit-usage/days.csv", export_views.csv_file, name="usage-csv"),
    path("locations/<int:pk>/credit-usage/days.xlsx", export_views.xlsx_file, name="usage-xlsx"),
    path(
        "locations/<int:pk>/credit-usage/statement/", export_views.statement, name="usage-statement"
    ),
    path("locations/<int:pk>/credit-usage/days/<day:date>/", history_views.day, name="usage-day"),
    path("locations/<int:pk>/credit-usage/newest/", history_views.newest, name="usage-newest"),
    path("locations/<int:pk>/credit-usage/search/", history_views.search, name="usage-search"),
    path(
        "locations/<int:pk>/credit-usage/charges/<int:charge_pk>/",
        history_views.charge,
        name="usage-charge",
    ),
    path(
        "locations/<int:pk>/credit-usage/charges/<int:charge_pk>/correction/",
        history_views.correction,
        name="usage-correction",
    ),
    path(
        "locations/<int:pk>/credit-usage/charges/<int:charge_pk>"
        "/messages/<int:position>/correction/",
        history_views.correction,
        name="usage-message-correction",
    ),
    path("locations/<int:pk>/impersonate/", impersonation_views.begin, name="impersonate"),
    path("impersonate/end/", impersonation_views.end, name="impersonate-end"),
    path("locations/<int:pk>/estimate/", estimate_views.before_you_send, name="estimate"),
    path(
        "locations/<int:pk>/estimate/<uuid:estimate_pk>/",
        estimate_views.long_estimate,
        name="long-estimate",
    ),
    path(
        "locations/<int:pk>/estimate/<uuid:estimate_pk>/state/",
        estimate_views.long_estimate_state,
        name="long-estimate-state",
    ),
    path(
        "locations/<int:pk>/estimate/<uuid:estimate_pk>/delete/",
        estimate_views.estimate_delete,
        name="estimate-delete",
    ),
    path(
        "locations/<int:pk>/credits/", credit_request_views.request_credits, name="request-credits"
    ),
    path("accounts/<int:pk>/", account_views.account_usage, name="account-usage"),
    path("accounts/<int:pk>/locations.csv", account_views.csv_file, name="account-csv"),
    path("accounts/<int:pk>/locations.xlsx", account_views.xlsx_file, name="account-xlsx"),
    path("locations/<int:pk>/alerts/", alert_views.alerts, name="alerts"),
    path("locations/<int:pk>/reports/", report_views.reports, name="reports"),
    path("locations/<int:pk>/reports/newest/", report_views.report_list, name="report-list"),
    path("locations/<int:pk>/reports/schedules/", report_views.schedule_add, name="schedule-add"),
    path("reports/schedules/<int:pk>/stop/", report_views.schedule_stop, name="schedule-stop"),
    path("reports/<uuid:pk>/cancel/", report_views.report_cancel, name="report-cancel"),
    path("reports/<uuid:pk>/retry/", report_views.report_retry, name="report-retry"),
    path("reports/<uuid:pk>/download/", report_views.report_download, name="report-download"),
]
