"""The renewal desk: what comes, what is late, what ran, what failed; and one run by hand."""

import datetime as dt
from typing import Any

import pghistory
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from ledger.engine.renewal_failures import renew_or_record_failure
from ledger.models import Balance, RenewalFailure
from ledger.reading import renewal_overview
from ledger.reading.renewal_overview import WINDOWS, Preview
from locations.admin.base import ReadOnlyAdmin
from locations.formatting.numbers import format_credits, format_signed
from locations.models import Location
from locations.models.audit import RENEWED

ROWS_PER_PAGE = 50
MOST_OVERDUE = 50
MOST_FAILURES = 20
ON_TIME = dt.timedelta(hours=1)  # beat looks every ten minutes


class RenewalPages(admin.ModelAdmin):
    """For the admin of balances."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("renewals/", view(self.renewals), name="ledger_balance_renewals"),
            path("renewals/<int:pk>/run/", view(self.run_one), name="ledger_balance_renew"),
            *super().get_urls(),
        ]

    def renewals(self, request: HttpRequest) -> HttpResponse:
        """Ten queries, however many locations there are."""
        if not request.user.has_perm("ledger.view_balance"):
            raise PermissionDenied
        at = timezone.now()
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, WINDOWS) else WINDOWS[0]
        coming = Paginator(renewal_overview.ahead(days, at), ROWS_PER_PAGE).get_page(
            request.GET.get("page")
        )
        ran = Paginator(renewal_overview.ran(), ROWS_PER_PAGE).get_page(request.GET.get("ran"))
        late = list(renewal_overview.overdue(at)[: MOST_OVERDUE + 1])
        failed = list(renewal_overview.failures()[:MOST_FAILURES])
        why = {row.location_id: row for row in failed if row.resolved_at is None}
        shown = renewal_overview.previews([*coming.object_list, *late[:MOST_OVERDUE]])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Renewals"),
            "subtitle": None,
            "opts": self.opts,
            "windows": renewal_overview.windows(at),
            "days": days,
            "coming": coming,
            "lines": [_line(each) for each in shown[: len(coming.object_list)]],
            "late": [
                {**_line(each), **_lateness(each, at, why.get(each.balance.location_id))}
                for each in shown[len(coming.object_list) :]
            ],
            "more_late": len(late) > MOST_OVERDUE,
            "ran": ran,
            "taken": [_taken(row) for row in ran.object_list],
            "failed": failed,
            "may_run": request.user.has_perm("ledger.run_renewal"),
        }
        return TemplateResponse(request, "admin/ledger/renewals.html", context)

    def run_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks first; done already, it changes nothing."""
        if not request.user.has_perm("ledger.run_renewal"):
            raise PermissionDenied
        location = Location.objects.select_related("account").filter(pk=pk).first()
        if location is None:
            raise Http404
        at = timezone.now()
        if request.method == "POST":
            self._run(request, location, at)
            return HttpResponseRedirect(reverse("admin:ledger_balance_renewals"))
        balance = Balance.objects.select_related("location").filter(location=location).first()
        next_one = renewal_overview.preview(
            location, balance or Balance(location=location, renewed_through_on=None)
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Renew %(location)s now?") % {"location": location},
            "subtitle": None,
            "opts": self.opts,
            "location": location,
            "line": _line(next_one),
            "is_due": next_one.step is not None and next_one.step.at <= at,
        }
        return TemplateResponse(request, "admin/ledger/renew.html", context)

    def _run(self, request: HttpRequest, location: Location, at: dt.datetime) -> None:
        done = renew_or_record_failure(location.pk, at=at)
        if isinstance(done, RenewalFailure):
            words = _("%(location)s could not be renewed: %(error)s. Nothing was changed.")
            figures = {"location": location, "error": done.error}
            self.message_user(request, words % figures, messages.ERROR)
        elif done:
            days = ", ".join(str(day) for day in done)
            pghistory.create_event(location, label=RENEWED)
            self.log_change(request, location.balance, f"Renewed by hand: {days}.")
            words = _("%(location)s is renewed: %(days)s.")
            self.message_user(request, words % {"location": location, "days": days})
        else:
            words = _("%(location)s: nothing was due, so nothing was changed.")
            self.message_user(request, words % {"location": location}, messages.INFO)


def _line(each: Preview) -> dict[str, Any]:
    step, location = each.step, each.balance.location
    return {
        "location": location,
        "account": location.account,
        "on": step.on if step else None,
        "contract": step.contract if step else None,
        "lapses": format_credits(-each.lapses) if each.lapses else "",
        "granted": format_signed(each.granted) if each.granted is not None else "",
        "ends": step is not None and step.contract is None,
        "written_off": format_signed(each.written_off) if each.written_off else "",
        "now": format_credits(each.balance.total),
        "after": format_credits(each.total_after),
    }


def _lateness(each: Preview, at: dt.datetime, failure: RenewalFailure | None) -> dict[str, Any]:
    step = each.step
    is_due = step is not None and step.at <= at
    return {
        "late": timesince(step.at, at) if step and is_due else "",
        "why": failure.error if failure else "",
        "is_due": is_due,
    }


def _taken(row: dict[str, Any]) -> dict[str, Any]:
    late = row["recorded_at"] - row["at"]
    return {
        **row,
        "granted": format_signed(row["granted"]) if row["granted"] is not None else "",
        "lapsed": format_credits(row["lapsed"]) if row["lapsed"] else "",
        "written_off": format_signed(row["written_off"]) if row["written_off"] else "",
        "late": timesince(row["at"], row["recorded_at"]) if late > ON_TIME else "",
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
