"""What the verifications of the ledger found, to read."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.models import Verification, VerificationRun
from locations.admin.lists import ReadOnlyAdmin, location_link


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    """The newest of each location; the oldest first, for it is the one to ask about."""

    list_display = ("location_shown", "at", "through_number", "result")
    list_display_links = ("at",)
    list_select_related = ("location",)
    ordering = ("at", "pk")
    search_fields = ("location__name",)
    fields = ("location_shown", ("at", "run"), "through_number", "broken")

    @admin.display(description=gettext_lazy("Location"), ordering="location__name")
    def location_shown(self, verification: Verification) -> str:
        return location_link(verification.location)

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
    list_display = ("started_at", "of", "took", "locations", "entries", "breaches")
    list_select_related = ("location",)
    ordering = ("-id",)
    sortable_by = ()
    fields = (("started_at", "took"), "of", ("locations", "entries"), "breaches", "guards")

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
