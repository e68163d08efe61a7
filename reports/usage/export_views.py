"""The days of Credit Usage taken away: as a file, or as a statement to be printed."""

import io
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

from locations.permissions import SignedInRequest, open_details
from reports.exports.listing import XLSX
from reports.usage.exports import days_csv, days_filename, days_xlsx
from reports.usage.selection import ShownDays, UnreadableFilters, shown_days
from reports.usage.statements import by_month, sums
from reports.workbooks.csv import CSV

Answer = Callable[[SignedInRequest, ShownDays], HttpResponseBase]


def of_shown_days(answer: Answer) -> Callable[[SignedInRequest, int], HttpResponseBase]:
    """A view of the days that the address asks for; where it makes no sense, the page says so."""

    @wraps(answer)
    def view(request: SignedInRequest, pk: int) -> HttpResponseBase:
        location = open_details(request.user, pk)
        try:
            days = shown_days(location, request.GET, at=timezone.now())
        except UnreadableFilters:
            page = reverse("credit-usage", args=[location.pk])
            return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}#filters")
        return answer(request, days)

    return view


@login_required
@cache_control(private=True, no_store=True)
@require_safe
@of_shown_days
def csv_file(request: SignedInRequest, days: ShownDays) -> FileResponse:
    return _file(days_csv(days), days_filename(days, "csv"), CSV)


@login_required
@cache_control(private=True, no_store=True)
@require_safe
@of_shown_days
def xlsx_file(request: SignedInRequest, days: ShownDays) -> FileResponse:
    with tempfile.TemporaryDirectory() as folder:
        content = days_xlsx(days, Path(folder)).read_bytes()
    return _file(content, days_filename(days, "xlsx"), XLSX)


@login_required
@never_cache
@require_safe
@of_shown_days
def statement(request: SignedInRequest, days: ShownDays) -> HttpResponse:
    context = {
        "location": days.location,
        "here": "statement",
        "page": days,
        "months": list(by_month(days.usage, days.filter.until_on)),
        "sums": sums(days.usage),
    }
    return render(request, "reports/usage/statement.html", context)


def _file(content: bytes, filename: str, content_type: str) -> FileResponse:
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=filename, content_type=content_type
    )
