"""Down to the message: a day, its charges, their messages."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger.renewing import up_to_date
from locations.access import SignedInRequest, open_details
from reports.days import read_day
from reports.paging import page_number


@login_required
@never_cache
@require_safe
def day(request: SignedInRequest, pk: int, date: dt.date) -> HttpResponse:
    """What moved the credits of a location on one of its days."""
    location = open_details(request.user, pk)
    up_to_date(location.pk, at=timezone.now())
    page = read_day(location, date, page=page_number(request.GET.get("page")))
    context = {"location": location, "page": page, "day": page.day}
    return render(request, "reports/day.html", context)
