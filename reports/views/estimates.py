"""Before you send: the estimate. Numbers are personal: posted, answered, and kept nowhere."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from locations.access import SignedInRequest, open_details, sees_masked_numbers
from reports.estimate_forms import EstimateForm, Source
from reports.estimating import Estimate, estimate, last_broadcast
from reports.unsendable import unsendable

MOST_BAD_SHOWN = 100


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def before_you_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a list of numbers would cost. `?from=` says where they come from, and no more."""
    location = open_details(request.user, pk)
    asked = request.GET.get("from", "")
    source = asked if asked in Source.values else Source.PASTED.value
    last = last_broadcast(location) if source == Source.LAST else None
    form = EstimateForm(
        request.POST or None,
        request.FILES or None,
        source=source,
        last=last,
        initial={"channel": last.kind if last else "text"},
    )
    found: Estimate | None = None
    if form.is_valid() and (messages := form.messages()):
        found = estimate(location, form.cleaned_data["channel"], messages, at=timezone.now())
    sees_masked = sees_masked_numbers(request.user, location)
    bad = unsendable(form.listed, found.quote if found else None, sees_masked=sees_masked)
    context = {
        "location": location,
        "sources": Source.choices,
        "source": source,
        "last": last,
        "form": form,
        "listed": form.listed,
        "found": found,
        "bad": bad[:MOST_BAD_SHOWN],
        "bad_count": len(bad),
    }
    failed = request.method == "POST" and not form.is_valid()
    return render(request, "reports/estimate.html", context, status=422 if failed else 200)
