"""Addresses of Credit Usage and its reports."""

from django.urls import path

from reports import views

urlpatterns = [
    path("", views.home, name="home"),
    path("locations/<int:pk>/credit-usage/", views.credit_usage, name="credit-usage"),
    path("locations/<int:pk>/reports/", views.reports, name="reports"),
    path("locations/<int:pk>/reports/newest/", views.report_list, name="report-list"),
    path("reports/<uuid:pk>/download/", views.report_download, name="report-download"),
]
