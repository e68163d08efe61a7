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
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from ledger.engine.renewal_failures import renew_or_record_failure
from ledger.models import Balance, RenewalFailure
from ledger.reading import renewal_overview
from ledger.reading.renewal_overview import WINDOWS, Preview
from locations.admin.base import ReadOnlyAdmin, render_page
from locations.formatting.numbers import format_credits, format_signed
from locations.models import Location
from locations.models.audit import RENEWED

PAGE_SIZE = 50
MAX_OVERDUE = 50
MAX_FAILURES = 20
ON_TIME = dt.timedelta(hours=1)  # the task runs every ten minutes


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
        open_failures = {each.location_id: each for each in failures if each.resolved_at is None}
        previews = renewal_overview.preview_renewals(
            [*upcoming.object_list, *overdue[:MAX_OVERDUE]]
        )
        count = len(upcoming.object_list)
        return render_page(
            request,
            "admin/ledger/renewals.html",
            self.model,
            title=_("Renewals"),
            windows=renewal_overview.count_upcoming(at),
            days=days,
            upcoming=upcoming,
            upcoming_rows=[_preview_row(preview) for preview in previews[:count]],
            overdue_rows=[
                {**_preview_row(preview), **_overdue_cells(preview, at, open_failures)}
                for preview in previews[count:]
            ],
            has_more_overdue=len(overdue) > MAX_OVERDUE,
            done=done,
            done_rows=[_done_row(row) for row in done.object_list],
            failures=failures,
            can_run=request.user.has_perm("ledger.run_renewal"),
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
            row=_preview_row(preview),
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


def _preview_row(preview: Preview) -> dict[str, Any]:
    step, location = preview.step, preview.balance.location
    return {
        "location": location,
        "account": location.account,
        "on": step.on if step else None,
        "contract": step.contract if step else None,
        "lapses": format_credits(-preview.lapses) if preview.lapses else "",
        "granted": format_signed(preview.granted) if preview.granted is not None else "",
        "ends": step is not None and step.contract is None,
        "written_off": format_signed(preview.written_off) if preview.written_off else "",
        "before": format_credits(preview.balance.total),
        "after": format_credits(preview.total_after),
    }


def _overdue_cells(
    preview: Preview, at: dt.datetime, failures: dict[int, RenewalFailure]
) -> dict[str, Any]:
    step = preview.step
    is_due = step is not None and step.at <= at
    failure = failures.get(preview.balance.location_id)
    return {
        "age": timesince(step.at, at) if step and is_due else "",
        "error": failure.error if failure else "",
        "is_due": is_due,
    }


def _done_row(row: dict[str, Any]) -> dict[str, Any]:
    is_late = row["recorded_at"] - row["at"] > ON_TIME
    return {
        **row,
        "granted": format_signed(row["granted"]) if row["granted"] is not None else "",
        "lapsed": format_credits(row["lapsed"]) if row["lapsed"] else "",
        "written_off": format_signed(row["written_off"]) if row["written_off"] else "",
        "delay": timesince(row["at"], row["recorded_at"]) if is_late else "",
    }


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
