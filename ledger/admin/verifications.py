"""What the verifications of the ledger found, to read; and one asked for by hand."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.models import Verification, VerificationRun
from ledger.verification import requests
from locations.admin.base import ReadOnlyAdmin
from locations.models import Location, User

ASKS = "ledger.verify"


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    """The newest of each location; the oldest first, for it is the one to ask about."""

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
        words = ngettext("%(number)s broken", "%(number)s broken", count) % {"number": count}
        return format_html('<strong class="red">{}</strong>', words)

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=gettext_lazy("Broken rules"), empty_value=gettext_lazy("none")
    )
    def broken(self, verification: Verification) -> str | None:
        return (
            format_html_join(
                "",
                "<p>{}: {}</p>",
                (
                    (_("Rule %(number)s") % {"number": f"{b['rule']}, {b['check']}"}, b["detail"])
                    for b in verification.breaches
                ),
            )
            or None
        )


@admin.register(VerificationRun)
class VerificationRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "of", "took", "locations", "entries", "breaches", "requested_by")
    list_select_related = ("location", "request__requested_by")
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        ("started_at", "took"),
        ("of", "requested_by"),
        ("locations", "entries"),
        "breaches",
        "guards",
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("ask/", view(self.ask), name="ledger_verificationrun_ask"),
            path("ask/<int:pk>/", view(self.ask), name="ledger_verificationrun_ask_one"),
            *super().get_urls(),
        ]

    def ask(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Have one location verified now, or all; asked twice, it is done once."""
        if not request.user.has_perm(ASKS):
            raise PermissionDenied
        location = Location.objects.filter(pk=pk).first() if pk else None
        if pk and location is None:
            raise Http404
        if request.method == "POST":
            assert isinstance(request.user, User)  # noqa: S101
            requests.ask(location, requested_by=request.user, at=timezone.now())
            words = _("A verification is under way: what it finds will stand here.")
            self.message_user(request, words)
        if location is None:
            return HttpResponseRedirect(reverse("admin:ledger_health"))
        return HttpResponseRedirect(reverse("admin:locations_location_change", args=[location.pk]))

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=gettext_lazy("Asked by"),
        empty_value=gettext_lazy("the schedule, or a command"),
    )
    def requested_by(self, run: VerificationRun) -> str | None:
        asked = getattr(run, "request", None)
        return str(asked.requested_by) if asked else None

    @admin.display(description=gettext_lazy("Of"))
    def of(self, run: VerificationRun) -> str:
        return str(run.location) if run.location else _("all locations")

    @admin.display(description=gettext_lazy("Took"))
    def took(self, run: VerificationRun) -> str:
        return f"{run.took.total_seconds():,.1f} s"

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=gettext_lazy("Missing guards"), empty_value=gettext_lazy("none")
    )
    def guards(self, run: VerificationRun) -> str | None:
        return ", ".join(run.missing_guards) or None
