"""Choosing a location, and its Credit Usage."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from locations.models import Location
from locations.permissions import accounts_open_to, open_details, sees_masked_numbers
from reports.alerts.page import get_active_alert, get_banner
from reports.balance.summary import balance_summaries
from reports.exports.listing import look_again_seconds
from reports.usage.forms import ChooserForm
from reports.usage.page import other_locations, read_page

LOCATIONS_PER_PAGE = 50
MOST_ACCOUNTS = 3  # that the chooser leads to


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One location: straight to its Credit Usage. Several: choose. None: say why."""
    locations = Location.objects.details_open_to(request.user)
    form = ChooserForm(request.GET)
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
    if not wanted:
        ids = list(locations.order_by("pk").values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            return redirect("credit-usage", pk=ids[0])
        if not ids:
            visible = Location.objects.visible_to(request.user).exists()
            return render(request, "reports/usage/no_location.html", {"has_other_roles": visible})
    found = locations.select_related("account").order_by("name", "pk")
    if wanted:
        found = found.filter(Q(name__icontains=wanted) | Q(account__name__icontains=wanted))
    page = Paginator(found, LOCATIONS_PER_PAGE).get_page(request.GET.get("page"))
    shown = {location.account_id for location in page}
    return render(
        request,
        "reports/usage/choose_location.html",
        {
            "accounts": accounts_open_to(request.user).filter(pk__in=shown)[:MOST_ACCOUNTS],
            "form": form,
            "wanted": wanted,
            "page": page,
            "summaries": balance_summaries(list(page), at=timezone.now()),
        },
    )


@login_required
@never_cache
@require_safe
def credit_usage(request: HttpRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    at = timezone.now()
    page = read_page(location, request.GET, at=at)
    others = other_locations(request.user, location)
    context = {"location": location, "here": "credit-usage", "page": page, "others": others}
    if not page.summary.is_out:  # that nothing is left the page says itself, without an alert
        context["alert"] = alert = get_active_alert(location)
        context["banner"] = get_banner(alert, page.summary, page.forecast)
    context["look_again"] = look_again_seconds(page.reports, at=at)
    context["sees_masked"] = sees_masked_numbers(request.user, location)
    return render(request, "reports/usage/credit_usage.html", context)
