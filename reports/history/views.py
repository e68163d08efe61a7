import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ledger.engine.posting import LedgerError
from ledger.engine.renewals import renew_if_due
from ledger.requests import correction_requests
from locations.models import Location
from locations.permissions import SignedInRequest, open_details, sees_masked_numbers
from reports.history.charge import (
    get_charge,
    get_message,
    newest_paid_message,
    read_charge,
)
from reports.history.day import read_day
from reports.history.forms import CorrectionForm, SearchForm
from reports.history.messages import MessageViewer
from reports.history.search import SearchResults, search_messages
from reports.pagination import parse_page_number, parse_position


@login_required
@never_cache
@require_safe
def day(request: SignedInRequest, pk: int, date: dt.date) -> HttpResponse:
    location = open_details(request.user, pk)
    renew_if_due(location.pk, at=timezone.now())
    page = read_day(location, date, page=parse_page_number(request.GET.get("page")))
    context = {"location": location, "page": page, "day": page.day}
    return render(request, "reports/history/day.html", context)


@login_required
@never_cache
@require_safe
def charge(request: SignedInRequest, pk: int, charge_pk: int) -> HttpResponse:
    """`?message=7` opens the page with the message at that position of the request."""
    location = open_details(request.user, pk)
    page = read_charge(
        _viewer(request, location),
        charge_pk,
        message_filter=request.GET.get("show", ""),
        page=parse_page_number(request.GET.get("page")),
        position=parse_position(request.GET.get("message")),
    )
    context = {"location": location, "page": page, "charge": page.charge}
    return render(request, "reports/history/charge.html", context)


@login_required
@never_cache
@require_safe
def newest(request: SignedInRequest, pk: int) -> HttpResponse:
    """The number is masked for every role: the page is not about a recipient."""
    location = open_details(request.user, pk)
    row = newest_paid_message(MessageViewer(location, sees_masked=True))
    if "HX-Request" in request.headers:
        return render(
            request, "reports/history/_newest_message.html", {"location": location, "row": row}
        )
    if row is None:
        return redirect("credit-usage", pk=location.pk)
    position = row.message.position
    address = reverse("usage-charge", args=[location.pk, row.message.charge_id])
    return HttpResponseRedirect(f"{address}?message={position}#message-{position}")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correction(
    request: SignedInRequest, pk: int, charge_pk: int, position: int | None = None
) -> HttpResponse:
    location = open_details(request.user, pk)
    charge = get_charge(location, charge_pk)
    row = None if position is None else get_message(_viewer(request, location), charge, position)
    form = CorrectionForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            correction_requests.request_correction(
                location.pk,
                charge.pk,
                external_id=row.message.external_id if row else "",
                reason=form.cleaned_data["reason"],
                requested_by=request.user,
                at=timezone.now(),
            )
        except LedgerError as error:
            refusal = str(error)
        else:
            back = reverse("usage-charge", args=[location.pk, charge.pk])
            anchor = "" if position is None else f"?message={position}#message-{position}"
            return HttpResponseRedirect(back + anchor)
    context = {
        "location": location,
        "charge": charge,
        "row": row,
        "form": form,
        "refusal": refusal,
    }
    failed = request.method == "POST"
    return render(
        request, "reports/history/correction.html", context, status=422 if failed else 200
    )


@sensitive_post_parameters("query")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: SignedInRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    days = SearchForm.last_days(timezone.now().astimezone(location.zone).date())
    viewer = _viewer(request, location)
    form = SearchForm(request.POST or None, initial=days, by_number=not viewer.sees_masked)
    results: SearchResults | None = None
    if form.is_valid():
        results = search_messages(
            viewer, **form.cleaned_data, page=parse_page_number(request.POST.get("page"))
        )
    context = {"location": location, "form": form, "results": results}
    failed = request.method == "POST" and results is None
    return render(request, "reports/history/search.html", context, status=422 if failed else 200)


def _viewer(request: SignedInRequest, location: Location) -> MessageViewer:
    return MessageViewer(location, sees_masked_numbers(request.user, location))
