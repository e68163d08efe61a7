"""Asking for credits, and what became of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ledger.engine.posting import LedgerError
from ledger.engine.renewals import renew_if_due
from ledger.models import Bundle, CreditRequest
from ledger.requests import credit_requests
from locations.permissions import SignedInRequest, open_details
from reports.credit_requests.forms import RequestForm

REQUESTS_SHOWN = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_credits(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a bundle or a number of credits; staff decide. Below it, what was asked before."""
    location = open_details(request.user, pk)
    bundles = list(Bundle.objects.offered())
    fresh = RequestForm.fresh(bundles, request.GET.get("credits", ""))
    form = RequestForm(request.POST or None, bundles=bundles, initial=fresh)
    refusal = ""
    if form.is_valid():
        try:
            credit_requests.ask(
                location.pk,
                **form.wanted(),
                reference=form.cleaned_data["reference"],
                note=form.cleaned_data["note"],
                form_key=form.cleaned_data["form_key"],
                requested_by=request.user,
                at=timezone.now(),
            )
        except LedgerError as cannot:
            refusal = str(cannot)
        else:
            address = reverse("request-credits", args=[location.pk])
            return HttpResponseRedirect(f"{address}#requests")
    asked = CreditRequest.objects.filter(location=location).order_by("-requested_at", "-pk")
    context = {
        "location": location,
        "form": form,
        "refusal": refusal,
        "balance": renew_if_due(location.pk, at=timezone.now()),
        "requests": asked.select_related("requested_by", "bundle", "purchase")[:REQUESTS_SHOWN],
    }
    failed = request.method == "POST"
    return render(
        request, "reports/credit_requests/request.html", context, status=422 if failed else 200
    )
