import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from locations.downloads import CSV, XLSX, download
from locations.permissions import SignedInRequest, open_details
from reports.usage.exports import days_csv, days_filename, days_xlsx
from reports.usage.selection import InvalidFilters, SelectedDays, select_days
from reports.usage.statements import statement_months, statement_sums

DaysView = Callable[[SignedInRequest, SelectedDays], HttpResponseBase]


def with_selected_days(
    days_view: DaysView,
) -> Callable[[SignedInRequest, int], HttpResponseBase]:
    """Redirects to Credit Usage, which lists the errors, where the filters are invalid."""

    @wraps(days_view)
    def view(request: SignedInRequest, pk: int) -> HttpResponseBase:
        location = open_details(request.user, pk)
        try:
            days = select_days(location, request.GET, at=timezone.now())
        except InvalidFilters:
            page = reverse("credit-usage", args=[location.pk])
            return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}#filters")
        return days_view(request, days)

    return view


@login_required
@cache_control(private=True, no_store=True)
@require_safe
@with_selected_days
def csv_file(request: SignedInRequest, days: SelectedDays) -> FileResponse:
    return download(days_csv(days), CSV, days_filename(days, "csv"))


@login_required
@cache_control(private=True, no_store=True)
@require_safe
@with_selected_days
def xlsx_file(request: SignedInRequest, days: SelectedDays) -> FileResponse:
    with tempfile.TemporaryDirectory() as folder:
        content = days_xlsx(days, Path(folder)).read_bytes()
    return download(content, XLSX, days_filename(days, "xlsx"))


@login_required
@never_cache
@require_safe
@with_selected_days
def statement(request: SignedInRequest, days: SelectedDays) -> HttpResponse:
    context = {
        "location": days.location,
        "active_page": "statement",
        "page": days,
        "months": list(statement_months(days.usage, days.filter.until_on)),
        "sums": statement_sums(days.usage),
    }
    return render(request, "reports/usage/statement.html", context)
