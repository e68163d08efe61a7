from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from locations.permissions import SignedInRequest, open_details
from reports.alerts.evaluate import set_alert
from reports.alerts.forms import AlertForm
from reports.alerts.page import get_initial, load_alert_page


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: SignedInRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    at = timezone.now()
    if request.method == "POST":
        form = AlertForm(location, request.POST)
        if form.is_valid():
            set_alert(location, **form.cleaned_data, set_by=request.user, at=at)
            messages.success(request, _("Saved."))
            return redirect("alerts", pk=location.pk)
    else:
        form = AlertForm(location, initial=get_initial(location, request.user))
    context = {
        "location": location,
        "active_page": "alerts",
        "form": form,
        "page": load_alert_page(location, at=at),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reports/alerts/alerts.html", context, status=status)
