"""Bundles and credit requests of managers."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from ledger.admin.request_base import DecisionAdmin
from ledger.models import Bundle, CreditRequest
from ledger.requests import credit_requests
from locations.admin.base import GuardedAdmin, link, optional_column


@admin.register(Bundle)
class BundleAdmin(GuardedAdmin):
    list_display = ("name", "credits_column", "price", "is_active", "position")
    list_filter = ("is_active",)
    search_fields = ("name",)
    fields = ("name", "credits", "price", "is_active", "position")
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # requests name it: deactivate it instead

    @admin.display(description=_("Credits"), ordering="credits")
    def credits_column(self, bundle: Bundle) -> str:
        return number_format(bundle.credits)


@admin.register(CreditRequest)
class CreditRequestAdmin(DecisionAdmin):
    approve = staticmethod(credit_requests.approve)
    decline = staticmethod(credit_requests.decline)
    approve_button = _("Approve: record the purchase")
    approved_message = _("Approved: the credits are with the location.")
    answer_help = _("They read it beside the request. Required to decline.")
    declined_message = _("Declined: the manager reads your answer beside the request.")

    list_display = (
        "age",
        "location_column",
        "credits_column",
        "bundle",
        "reference",
        "requested_by",
        "state",
    )
    list_select_related = ("location", "bundle", "requested_by")
    search_fields = ("=location__name", "=reference")
    search_help_text = _("The name of a location, or a whole reference")
    fields = (
        "location_column",
        ("requested_by", "requested_at", "age"),
        ("credits_column", "bundle", "price"),
        "reference",
        "note",
        "state",
        ("decided_by", "decided_at"),
        "answer",
        "purchase_column",
    )

    def describe_approval(self, obj: Any) -> Any:
        return _(
            "Approving records a purchase of the credits under the manager's reference, once, "
            "with your name. It charges no money: the invoice is yours to write."
        )

    @admin.display(description=_("Credits"))
    def credits_column(self, obj: CreditRequest) -> str:
        return number_format(obj.credits)

    @optional_column(_("Purchase"), empty=_("none"))
    def purchase_column(self, obj: CreditRequest) -> str | None:
        if obj.purchase is None:
            return None
        text = _("Entry %(number)s") % {"number": obj.purchase.number}
        return link("ledger_entry_change", text, obj.purchase_id)
