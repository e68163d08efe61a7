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
from reports.credit_requests.forms import CreditRequestForm

MAX_REQUESTS = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_credits(request: SignedInRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    bundles = list(Bundle.objects.offered())
    initial = CreditRequestForm.get_initial(bundles, request.GET.get("credits", ""))
    form = CreditRequestForm(request.POST or None, bundles=bundles, initial=initial)
    refusal = ""
    if form.is_valid():
        try:
            credit_requests.request_credits(
                location.pk,
                **form.get_amount(),
                reference=form.cleaned_data["reference"],
                note=form.cleaned_data["note"],
                form_key=form.cleaned_data["form_key"],
                requested_by=request.user,
                at=timezone.now(),
            )
        except LedgerError as error:
            refusal = str(error)
        else:
            url = reverse("request-credits", args=[location.pk])
            return HttpResponseRedirect(f"{url}#requests")
    requests = CreditRequest.objects.filter(location=location).order_by("-requested_at", "-pk")
    context = {
        "location": location,
        "form": form,
        "refusal": refusal,
        "balance": renew_if_due(location.pk, at=timezone.now()),
        "requests": requests.select_related("requested_by", "bundle", "purchase")[:MAX_REQUESTS],
    }
    failed = request.method == "POST"
    return render(
        request, "reports/credit_requests/request.html", context, status=422 if failed else 200
    )
