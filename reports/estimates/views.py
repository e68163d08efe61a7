"""Views of the estimate. Numbers are personal: posted, priced and not stored."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from locations.jobs import InvalidRequest, poll_seconds
from locations.models import Location
from locations.permissions import SignedInRequest, open_details, sees_masked_numbers
from reports.estimates import jobs
from reports.estimates.estimate import Estimate, estimate, last_broadcast
from reports.estimates.forms import EstimateForm, Source
from reports.estimates.invalid_numbers import list_invalid_numbers
from reports.estimates.jobs import (
    MAX_INVALID_LISTED,
    get_figures,
    get_invalid_numbers,
    own_estimates,
)
from reports.estimates.number_lists import MB, SCREEN_LIMITS, worker_limits
from reports.estimates.tables import DestinationTable, InvalidNumberTable
from reports.models import LongEstimate


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def before_you_send(request: SignedInRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    source = request.GET.get("from", "")
    if source not in Source.values:
        source = Source.PASTED.value
    last = last_broadcast(location) if source == Source.LAST else None
    form = EstimateForm(
        request.POST or None,
        request.FILES or None,
        source=source,
        last=last,
        initial={"channel": last.kind if last else "text"},
    )
    priced: Estimate | None = None
    refusal = ""
    if form.is_valid() and form.is_long:
        try:
            job = _request(request, location, form)
        except InvalidRequest as error:
            refusal = str(error)
        else:
            return redirect("long-estimate", location.pk, job.pk)
    elif form.is_valid() and (messages := form.messages()):
        priced = estimate(location, form.cleaned_data["channel"], messages, at=timezone.now())
    sees_masked = sees_masked_numbers(request.user, location)
    quote, figures = (priced.quote, priced.figures) if priced else (None, None)
    invalid = list_invalid_numbers(form.listed, quote, sees_masked=sees_masked)
    context = {
        "location": location,
        "sources": Source.choices,
        "source": source,
        "last": last,
        "form": form,
        "refusal": refusal,
        "headings": form.listed.headings,
        "figures": figures,
        "destinations": figures and figures.destinations and DestinationTable(figures),
        "column": form.listed.column,
        "repeated": form.listed.repeated,
        "invalid_numbers": invalid
        and InvalidNumberTable(invalid[:MAX_INVALID_LISTED], with_lines=last is None),
        "invalid_count": len(invalid),
        "long_estimates": own_estimates(location, request.user),
        "max_numbers_at_once": SCREEN_LIMITS.numbers,
        **_limits(),
    }
    failed = request.method == "POST" and (refusal or not form.is_valid())
    return render(
        request, "reports/estimates/estimate.html", context, status=422 if failed else 200
    )


def _limits() -> dict[str, int]:
    limits = worker_limits()
    if limits.numbers <= SCREEN_LIMITS.numbers:
        return {"max_numbers": 0, "max_mb": SCREEN_LIMITS.file_bytes // MB}
    return {"max_numbers": limits.numbers, "max_mb": limits.file_bytes // MB}


def _request(request: SignedInRequest, location: Location, form: EstimateForm) -> LongEstimate:
    values = form.cleaned_data
    return jobs.request_long_estimate(
        location,
        content=form.content(),
        is_file=form.source == Source.FILE,
        column=values.get("column", ""),
        without_plus=values["without_plus"],
        channel=values["channel"],
        seconds=values["seconds"],
        requested_by=request.user,
        at=timezone.now(),
    )


@login_required
@never_cache
@require_safe
def long_estimate(request: SignedInRequest, pk: int, estimate_pk: uuid.UUID) -> HttpResponse:
    context = _own_context(request, pk, estimate_pk)
    return render(request, "reports/estimates/long_estimate.html", context)


@login_required
@never_cache
@require_safe
def long_estimate_state(request: SignedInRequest, pk: int, estimate_pk: uuid.UUID) -> HttpResponse:
    context = _own_context(request, pk, estimate_pk)
    return render(request, "reports/estimates/_long_estimate.html", context)


@login_required
@never_cache
@require_POST
def estimate_delete(request: SignedInRequest, pk: int, estimate_pk: uuid.UUID) -> HttpResponse:
    jobs.delete_long_estimate(_own_context(request, pk, estimate_pk)["job"], at=timezone.now())
    return redirect("estimate", pk)


def _own_context(request: SignedInRequest, pk: int, estimate_pk: uuid.UUID) -> dict[str, Any]:
    """404 for all but the requester: it may show numbers."""
    location = open_details(request.user, pk)
    job = own_estimates(location, request.user).filter(pk=estimate_pk).first()
    if job is None:
        raise Http404
    figures, invalid = get_figures(job), get_invalid_numbers(job)
    return {
        "location": location,
        "job": job,
        "poll_seconds": poll_seconds([job], at=timezone.now()),
        "figures": figures,
        "destinations": figures and figures.destinations and DestinationTable(figures),
        "column": job.column_read,
        "repeated": job.repeated,
        "invalid_numbers": invalid and InvalidNumberTable(invalid, with_lines=True),
        "invalid_count": job.invalid_count,
    }
