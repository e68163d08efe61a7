from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from locations.jobs import poll_seconds
from locations.models import Location
from locations.permissions import accounts_open_to, open_details, sees_masked_numbers
from reports.alerts.page import get_active_alert, get_banner
from reports.balance.summary import balance_summaries
from reports.usage.filters import LocationFilter
from reports.usage.page import other_locations, read_page

LOCATIONS_PER_PAGE = 50
MAX_ACCOUNT_LINKS = 3


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirects to the Credit Usage of an only location; else a list to choose from."""
    locations = Location.objects.details_open_to(request.user)
    filter_ = LocationFilter(
        request.GET, queryset=locations.select_related("account").order_by("name", "pk")
    )
    query = filter_.form.cleaned_data["q"] if filter_.is_valid() else ""
    if not query:
        ids = list(locations.order_by("pk").values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            return redirect("credit-usage", pk=ids[0])
        if not ids:
            visible = Location.objects.visible_to(request.user).exists()
            return render(request, "reports/usage/no_location.html", {"has_other_roles": visible})
    page = Paginator(filter_.qs, LOCATIONS_PER_PAGE).get_page(request.GET.get("page"))
    accounts = accounts_open_to(request.user).filter(pk__in={each.account_id for each in page})
    return render(
        request,
        "reports/usage/choose_location.html",
        {
            "accounts": accounts[:MAX_ACCOUNT_LINKS],
            "form": filter_.form,
            "query": query,
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
    context = {"location": location, "active_page": "credit-usage", "page": page, "others": others}
    if not page.summary.is_out:  # the page displays that without an alert
        context["alert"] = alert = get_active_alert(location)
        context["banner"] = get_banner(alert, page.summary, page.forecast)
    context["poll_seconds"] = poll_seconds(page.reports, at=at)
    context["sees_masked"] = sees_masked_numbers(request.user, location)
    return render(request, "reports/usage/credit_usage.html", context)
