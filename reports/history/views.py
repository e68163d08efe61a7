"""Down to the message: a day, its charges, their messages."""

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
from reports.history.charge import charge_of, message_at, newest_that_cost, read_charge
from reports.history.day import read_day
from reports.history.forms import CorrectionForm, SearchForm
from reports.history.messages import Reader
from reports.history.search import Found, find
from reports.pagination import page_number, place


@login_required
@never_cache
@require_safe
def day(request: SignedInRequest, pk: int, date: dt.date) -> HttpResponse:
    """What moved the credits of a location on one of its days."""
    location = open_details(request.user, pk)
    renew_if_due(location.pk, at=timezone.now())
    page = read_day(location, date, page=page_number(request.GET.get("page")))
    context = {"location": location, "page": page, "day": page.day}
    return render(request, "reports/history/day.html", context)


@login_required
@never_cache
@require_safe
def charge(request: SignedInRequest, pk: int, charge_pk: int) -> HttpResponse:
    """One charge and its messages; `?message=7` opens the page with the message of that place."""
    location = open_details(request.user, pk)
    page = read_charge(
        _reader(request, location),
        charge_pk,
        shown=request.GET.get("show", ""),
        page=page_number(request.GET.get("page")),
        position=place(request.GET.get("message")),
    )
    context = {"location": location, "page": page, "charge": page.charge}
    return render(request, "reports/history/charge.html", context)


@login_required
@never_cache
@require_safe
def newest(request: SignedInRequest, pk: int) -> HttpResponse:
    """Why the newest message that cost something did: a part of Credit Usage, else its page.

    Nobody asked for whom it went to: the part shows the number masked, whatever the role.
    """
    location = open_details(request.user, pk)
    told = newest_that_cost(Reader(location, sees_masked=True))
    if "HX-Request" in request.headers:
        return render(
            request, "reports/history/_newest_message.html", {"location": location, "told": told}
        )
    if told is None:
        return redirect("credit-usage", pk=location.pk)
    place = told.message.position
    address = reverse("usage-charge", args=[location.pk, told.message.charge_id])
    return HttpResponseRedirect(f"{address}?message={place}#message-{place}")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correction(
    request: SignedInRequest, pk: int, charge_pk: int, position: int | None = None
) -> HttpResponse:
    """Ask staff to give a charge back, or the message at a place of its request."""
    location = open_details(request.user, pk)
    charge = charge_of(location, charge_pk)
    told = None if position is None else message_at(_reader(request, location), charge, position)
    form = CorrectionForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            correction_requests.ask(
                location.pk,
                charge.pk,
                external_id=told.message.external_id if told else "",
                reason=form.cleaned_data["reason"],
                requested_by=request.user,
                at=timezone.now(),
            )
        except LedgerError as cannot:
            refusal = str(cannot)
        else:
            back = reverse("usage-charge", args=[location.pk, charge.pk])
            anchor = "" if position is None else f"?message={position}#message-{position}"
            return HttpResponseRedirect(back + anchor)
    context = {
        "location": location,
        "charge": charge,
        "told": told,
        "form": form,
        "refusal": refusal,
    }
    failed = request.method == "POST"
    return render(
        request, "reports/history/correction.html", context, status=422 if failed else 200
    )


@sensitive_post_parameters("wanted")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: SignedInRequest, pk: int) -> HttpResponse:
    """Find messages. What is looked for is personal: posted, answered, and in no address."""
    location = open_details(request.user, pk)
    days = SearchForm.last_days(timezone.now().astimezone(location.zone).date())
    reader = _reader(request, location)
    form = SearchForm(request.POST or None, initial=days, by_number=not reader.sees_masked)
    found: Found | None = None
    if form.is_valid():
        found = find(reader, **form.cleaned_data, page=page_number(request.POST.get("page")))
    context = {"location": location, "form": form, "page": found}
    failed = request.method == "POST" and found is None
    return render(request, "reports/history/search.html", context, status=422 if failed else 200)


def _reader(request: SignedInRequest, location: Location) -> Reader:
    return Reader(location, sees_masked_numbers(request.user, location))
