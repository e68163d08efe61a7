"""Choosing a location, Credit Usage, and its reports."""

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from ledger.renewing import up_to_date
from locations.access import SignedInRequest, open_details
from locations.models import Location
from reports import asking
from reports.credit_usage import other_locations, read_page
from reports.forms import ChooserForm, ReportForm, last_days
from reports.models import Report
from reports.showing import XLSX, filename, newest_reports, open_file
from reports.standing import standings

LOCATIONS_PER_PAGE = 50
REPORTS_PER_PAGE = 25


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One location: straight to its Credit Usage. Several: choose. None: say why."""
    locations = Location.objects.details_open_to(request.user)
    form = ChooserForm(request.GET)
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
    if not wanted:
        ids = list(locations.order_by("pk").values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            return redirect("credit-usage", pk=ids[0])
        if not ids:
            visible = Location.objects.visible_to(request.user).exists()
            return render(request, "reports/no_location.html", {"has_other_roles": visible})
    found = locations.select_related("account").order_by("name", "pk")
    if wanted:
        found = found.filter(Q(name__icontains=wanted) | Q(account__name__icontains=wanted))
    page = Paginator(found, LOCATIONS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reports/choose_location.html",
        {
            "form": form,
            "wanted": wanted,
            "page": page,
            "standings": standings(list(page), at=timezone.now()),
        },
    )


@login_required
@never_cache
@require_safe
def credit_usage(request: HttpRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    now = timezone.now()
    up_to_date(location.pk, at=now)
    page = read_page(location, request.GET, at=now)
    others = other_locations(request.user, location)
    context = {"location": location, "here": "credit-usage", "page": page, "others": others}
    return render(request, "reports/credit_usage.html", context)


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
