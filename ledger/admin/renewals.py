"""Renewals: upcoming, overdue, done, failed; and one run by hand."""

import datetime as dt
from typing import Any

import pghistory
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from ledger.admin.tables import CompletedTable, FailureTable, OverdueTable, UpcomingTable
from ledger.engine.renewal_failures import renew_or_record_failure
from ledger.models import Balance, RenewalFailure
from ledger.reading import renewal_overview
from ledger.reading.renewal_overview import WINDOWS
from locations.admin.base import ReadOnlyAdmin, render_page
from locations.models import Location
from locations.models.audit import RENEWED

PAGE_SIZE = 50
MAX_OVERDUE = 50
MAX_FAILURES = 20


class RenewalPagesMixin(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("renewals/", view(self.renewals), name="ledger_balance_renewals"),
            path("renewals/<int:pk>/run/", view(self.run_one), name="ledger_balance_renew"),
            *super().get_urls(),
        ]

    @method_decorator(permission_required("ledger.view_balance", raise_exception=True))
    def renewals(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        param = request.GET.get("days", "")
        days = int(param) if param in map(str, WINDOWS) else WINDOWS[0]
        upcoming = Paginator(renewal_overview.get_upcoming(days, at), PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        done = Paginator(renewal_overview.get_completed(), PAGE_SIZE).get_page(
            request.GET.get("ran")
        )
        overdue = list(renewal_overview.get_overdue(at)[: MAX_OVERDUE + 1])
        failures = list(renewal_overview.get_failures()[:MAX_FAILURES])
        previews = renewal_overview.preview_renewals(
            [*upcoming.object_list, *overdue[:MAX_OVERDUE]]
        )
        count = len(upcoming.object_list)
        can_run = request.user.has_perm("ledger.run_renewal")
        return render_page(
            request,
            "admin/ledger/renewals.html",
            self.model,
            title=_("Renewals"),
            windows=renewal_overview.count_upcoming(at),
            days=days,
            upcoming_page=upcoming,
            upcoming=UpcomingTable(previews[:count]),
            overdue=OverdueTable(
                previews[count:], failures, at=at, exclude=() if can_run else ("run",)
            ),
            has_more_overdue=len(overdue) > MAX_OVERDUE,
            completed_page=done,
            completed=CompletedTable(list(done.object_list)),
            failures=FailureTable(failures),
        )

    @method_decorator(permission_required("ledger.run_renewal", raise_exception=True))
    def run_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        location = get_object_or_404(Location.objects.select_related("account"), pk=pk)
        at = timezone.now()
        if request.method == "POST":
            self._run(request, location, at)
            return redirect("admin:ledger_balance_renewals")
        balance = Balance.objects.select_related("location").filter(location=location).first()
        preview = renewal_overview.preview_renewal(
            location, balance or Balance(location=location, renewed_through_on=None)
        )
        return render_page(
            request,
            "admin/ledger/renew.html",
            self.model,
            title=_("Renew %(location)s now?") % {"location": location},
            location=location,
            preview=preview,
            is_due=preview.step is not None and preview.step.at <= at,
        )

    def _run(self, request: HttpRequest, location: Location, at: dt.datetime) -> None:
        result = renew_or_record_failure(location.pk, at=at)
        if isinstance(result, RenewalFailure):
            message = _("%(location)s could not be renewed: %(error)s. Nothing was changed.")
            values = {"location": location, "error": result.error}
            self.message_user(request, message % values, messages.ERROR)
        elif result:
            days = ", ".join(str(day) for day in result)
            pghistory.create_event(location, label=RENEWED)
            self.log_change(request, location.balance, f"Renewed by hand: {days}.")
            message = _("%(location)s is renewed: %(days)s.")
            self.message_user(request, message % {"location": location, "days": days})
        else:
            message = _("%(location)s: nothing was due, so nothing was changed.")
            self.message_user(request, message % {"location": location}, messages.INFO)


@admin.register(RenewalFailure)
class RenewalFailureAdmin(ReadOnlyAdmin):
    list_display = (
        "location",
        "error",
        "attempts",
        "first_failed_at",
        "last_failed_at",
        "resolved_at",
    )
    list_filter = (("resolved_at", admin.EmptyFieldListFilter),)
    list_select_related = ("location",)
    search_fields = ("location__name", "error")
