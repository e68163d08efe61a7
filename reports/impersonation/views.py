"""The switch of the staff desk: see a location's pages as its managers do, and go back."""

import pghistory
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from locations.models import Location
from locations.models.audit import SEEN_AS_MANAGER
from locations.permissions import SignedInRequest
from reports.impersonation import session


@login_required
@permission_required("locations.impersonate_manager", raise_exception=True)
@never_cache
@require_POST
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Written down before anything is shown: who, which location, when."""
    location = get_object_or_404(Location, pk=pk)
    pghistory.create_event(location, label=SEEN_AS_MANAGER)
    session.begin(request.session, location.pk)
    return redirect("credit-usage", pk=location.pk)


@login_required
@never_cache
@require_POST
def end(request: SignedInRequest) -> HttpResponse:
    """Back to the location's page at the desk, or to the start where none was seen."""
    location_id = session.end(request.session)
    if location_id is None or not request.user.is_staff:
        return redirect("home")
    return redirect("admin:locations_location_change", location_id)
