import pghistory
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from locations.models import Location
from locations.models.audit import IMPERSONATED
from locations.permissions import SignedInRequest
from reports.impersonation.session import SESSION_KEY


@login_required
@permission_required("locations.impersonate_manager", raise_exception=True)
@never_cache
@require_POST
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    location = get_object_or_404(Location, pk=pk)
    pghistory.create_event(location, label=IMPERSONATED)
    request.session[SESSION_KEY] = location.pk
    return redirect("credit-usage", pk=location.pk)


@login_required
@never_cache
@require_POST
def end(request: SignedInRequest) -> HttpResponse:
    location_id = request.session.pop(SESSION_KEY, None)
    if location_id is None or not request.user.is_staff:
        return redirect("home")
    return redirect("admin:locations_location_change", location_id)
