"""The reports of a location: asked for, listed, handed out."""

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from locations.access import SignedInRequest, open_details
from locations.models import Location
from reports import asking
from reports.forms import ReportForm, last_days
from reports.models import Report
from reports.showing import XLSX, filename, newest_reports, open_file

REPORTS_PER_PAGE = 25


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: SignedInRequest, pk: int) -> HttpResponse:
    """All reports of a location, and the form to ask for one more."""
    location = open_details(request.user, pk)
    now = timezone.now()
    form = ReportForm(request.POST or None, initial=last_days(now.astimezone(location.zone).date()))
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            asking.ask(location, **form.cleaned_data, asked_by=request.user, at=now)
        except asking.CannotAsk as cannot:
            refusal = str(cannot)
        else:
            return HttpResponseRedirect(_back_to_usage(request, location))
    found = Paginator(location.reports.select_related("asked_by"), REPORTS_PER_PAGE)
    context = {
        "location": location,
        "here": "reports",
        "form": form,
        "refusal": refusal,
        "reports": found.get_page(request.GET.get("page")),
    }
    failed = request.method == "POST"
    return render(request, "reports/reports.html", context, status=422 if failed else 200)


@login_required
@never_cache
@require_safe
def report_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The reports block alone, for the page to look again while one is being built."""
    location = open_details(request.user, pk)
    context = {"location": location, "reports": newest_reports(location)}
    return render(request, "reports/_report_list.html", context)


@login_required
@cache_control(private=True, no_store=True)
@require_GET
def report_download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse | FileResponse:
    report = get_object_or_404(Report, pk=pk)
    report.location = location = open_details(request.user, report.location_id)
    file = open_file(report)
    if file is None:
        context = {"location": location, "here": "reports", "report": report}
        return render(request, "reports/no_file.html", context, status=410)
    return FileResponse(file, as_attachment=True, filename=filename(report), content_type=XLSX)


def _back_to_usage(request: HttpRequest, location: Location) -> str:
    """Credit Usage with the filters that the form was sent from."""
    address = reverse("credit-usage", args=[location.pk])
    filters = QueryDict(request.POST.get("filters", "")[:500]).urlencode()
    return f"{address}?{filters}#reports" if filters else f"{address}#reports"
