import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from locations import jobs
from locations.downloads import download
from locations.jobs import InvalidRequest, poll_seconds
from locations.models import Location
from locations.permissions import SignedInRequest, detail_readers, open_details, sees_masked_numbers
from reports.exports import requests, schedules
from reports.exports.downloads import NumbersRefused, StorageUnavailable, open_report_file
from reports.exports.forms import ReportForm, ScheduleForm
from reports.exports.listing import (
    CONTENT_TYPES,
    all_reports,
    filename,
    newest_reports,
    read_schedules,
    with_downloads,
)
from reports.form_fields import last_days
from reports.models import Report, ReportFormat, ReportSchedule

REPORTS_PER_PAGE = 25


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: SignedInRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    if request.method != "POST":
        return reports_page(request, location)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return reports_page(request, location, form)
    try:
        requests.request_report(
            location, **form.cleaned_data, requested_by=request.user, at=timezone.now()
        )
    except InvalidRequest as invalid:
        return reports_page(request, location, form, refusal=str(invalid))
    return HttpResponseRedirect(_back(request, location))


@login_required
@never_cache
@require_safe
def report_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Polled: a page of all reports with `page`, without it the newest, as on Credit Usage."""
    location = open_details(request.user, pk)
    paged = "page" in request.GET
    listed = _paged(request, location) if paged else newest_reports(location)
    context = {
        "location": location,
        "active_page": "reports" if paged else "",
        "reports": listed,
        "poll_seconds": poll_seconds(listed, at=timezone.now()),
        "sees_masked": sees_masked_numbers(request.user, location),
    }
    return render(request, "reports/exports/_report_list.html", context)


@login_required
@never_cache
@require_POST
def report_cancel(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    report = _open_report(request, pk)
    jobs.cancel(report, at=timezone.now(), cancelled_by=request.user)
    return HttpResponseRedirect(_back(request, report.location))


@login_required
@never_cache
@require_POST
def report_retry(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    report = _open_report(request, pk)
    try:
        requests.retry_report(report, requested_by=request.user, at=timezone.now())
    except InvalidRequest as invalid:
        return reports_page(request, report.location, refusal=str(invalid))
    return HttpResponseRedirect(_back(request, report.location))


@login_required
@cache_control(private=True, no_store=True)
@require_GET
def report_download(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse | FileResponse:
    report = _open_report(request, pk)
    context = {"location": report.location, "active_page": "reports", "report": report}
    try:
        file = open_report_file(report, to=request.user, at=timezone.now())
    except NumbersRefused:
        return render(
            request, "reports/exports/no_file.html", {**context, "masked": True}, status=403
        )
    except StorageUnavailable:
        return render(
            request, "reports/exports/no_file.html", {**context, "waits": True}, status=503
        )
    if file is None:
        return render(request, "reports/exports/no_file.html", context, status=410)
    return download(file, CONTENT_TYPES[ReportFormat(report.format)], filename(report))


def _open_report(request: HttpRequest, pk: uuid.UUID) -> Report:
    report = get_object_or_404(Report, pk=pk)
    report.location = open_details(request.user, report.location_id)
    return report


def reports_page(
    request: SignedInRequest,
    location: Location,
    form: ReportForm | None = None,
    *,
    schedule_form: ScheduleForm | None = None,
    refusal: str = "",
) -> HttpResponse:
    at = timezone.now()
    today = at.astimezone(location.zone).date()
    listed = _paged(request, location)
    context = {
        "location": location,
        "active_page": "reports",
        "form": form or ReportForm(initial=last_days(today)),
        "schedules": read_schedules(location),
        "schedule_form": schedule_form
        or ScheduleForm(readers=detail_readers(location), auto_id="schedule_%s"),
        "refusal": refusal,
        "reports": listed,
        "poll_seconds": poll_seconds(listed, at=at),
        "sees_masked": sees_masked_numbers(request.user, location),
    }
    refused = form or schedule_form or refusal
    return render(request, "reports/exports/reports.html", context, status=422 if refused else 200)


def _paged(request: HttpRequest, location: Location) -> Page:
    found = Paginator(with_downloads(all_reports(location)), REPORTS_PER_PAGE)
    return found.get_page(request.GET.get("page"))


def _back(request: HttpRequest, location: Location) -> str:
    if request.POST.get("from") == "reports":
        return reverse("reports", args=[location.pk])
    address = reverse("credit-usage", args=[location.pk])
    filters = QueryDict(request.POST.get("filters", "")[:500]).urlencode()
    return f"{address}?{filters}#reports" if filters else f"{address}#reports"


@login_required
@never_cache
@require_POST
def schedule_add(request: SignedInRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    form = ScheduleForm(request.POST, readers=detail_readers(location), auto_id="schedule_%s")
    if not form.is_valid():
        return reports_page(request, location, schedule_form=form)
    try:
        schedules.create_schedule(
            location, **form.cleaned_data, created_by=request.user, at=timezone.now()
        )
    except schedules.TooManySchedules as refused:
        return reports_page(request, location, refusal=str(refused))
    return redirect("reports", pk=location.pk)


@login_required
@never_cache
@require_POST
def schedule_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    schedule = get_object_or_404(ReportSchedule, pk=pk)
    location = open_details(request.user, schedule.location_id)
    schedules.stop_schedule(schedule, stopped_by=request.user, at=timezone.now())
    return redirect("reports", pk=location.pk)
