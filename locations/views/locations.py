from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from locations.contracts.terms import load_terms
from locations.permissions import open_details


@login_required
@never_cache
@require_safe
def location_details(request: HttpRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    terms = load_terms(location.pk)
    today = terms.local_day(timezone.now())
    return render(
        request,
        "locations/location_details.html",
        {
            "location": location,
            "active_page": "location-details",
            "term": terms.term_on(today),
            "step": terms.next_step(today),
            "inboxes": location.chat_inboxes.all(),
        },
    )
