"""Results of ledger verifications, and requests for new ones."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.models import Verification, VerificationRun
from ledger.verification import requests
from locations.admin.base import ReadOnlyAdmin, optional_column
from locations.models import Location, User


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    list_display = ("location_column", "at", "through_number", "result")
    list_display_links = ("at",)
    list_select_related = ("location",)
    ordering = ("at", "pk")
    search_fields = ("location__name",)
    fields = ("location_column", ("at", "run"), "through_number", "broken")

    @admin.display(description=gettext_lazy("Result"))
    def result(self, verification: Verification) -> str:
        if not verification.breaches:
            return _("sound")
        count = len(verification.breaches)
        text = ngettext("%(number)s broken", "%(number)s broken", count) % {"number": count}
        return format_html('<strong class="red">{}</strong>', text)

    @optional_column(gettext_lazy("Broken rules"), empty=gettext_lazy("none"))
    def broken(self, verification: Verification) -> str | None:
        breaches = [
            (_("Rule %(number)s") % {"number": f"{each['rule']}, {each['check']}"}, each["detail"])
            for each in verification.breaches
        ]
        if not breaches:
            return None
        return render_to_string("admin/ledger/breaches.html", {"breaches": breaches})


@admin.register(VerificationRun)
class VerificationRunAdmin(ReadOnlyAdmin):
    list_display = (
        "started_at",
        "scope",
        "took",
        "locations",
        "entries",
        "breaches",
        "requested_by",
    )
    list_select_related = ("location", "request__requested_by")
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        ("started_at", "took"),
        ("scope", "requested_by"),
        ("locations", "entries"),
        "breaches",
        "guards",
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("verify/", view(self.verify), name="ledger_verificationrun_verify"),
            path("verify/<int:pk>/", view(self.verify), name="ledger_verificationrun_verify_one"),
            *super().get_urls(),
        ]

    @method_decorator(permission_required("ledger.verify", raise_exception=True))
    def verify(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Request the verification of one location or of all."""
        location = get_object_or_404(Location, pk=pk) if pk else None
        if request.method == "POST":
            assert isinstance(request.user, User)  # noqa: S101
            requests.request_verification(location, requested_by=request.user, at=timezone.now())
            message = _("A verification is under way: what it finds will stand here.")
            self.message_user(request, message)
        if location is None:
            return redirect("admin:ledger_health")
        return redirect("admin:locations_location_change", location.pk)

    @optional_column(gettext_lazy("Asked by"), empty=gettext_lazy("the schedule, or a command"))
    def requested_by(self, run: VerificationRun) -> str | None:
        request = getattr(run, "request", None)
        return str(request.requested_by) if request else None

    @admin.display(description=gettext_lazy("Of"))
    def scope(self, run: VerificationRun) -> str:
        return str(run.location) if run.location else _("all locations")

    @admin.display(description=gettext_lazy("Took"))
    def took(self, run: VerificationRun) -> str:
        return f"{run.took.total_seconds():,.1f} s"

    @optional_column(gettext_lazy("Missing guards"), empty=gettext_lazy("none"))
    def guards(self, run: VerificationRun) -> str | None:
        return ", ".join(run.missing_guards) or None
