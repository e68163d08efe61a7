"""Correction requests of managers."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ledger.admin.request_base import DecisionAdmin
from ledger.models import CorrectionRequest
from ledger.requests import correction_requests
from locations.admin.base import link, optional_column


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(DecisionAdmin):
    approve = staticmethod(correction_requests.grant)
    decline = staticmethod(correction_requests.decline)
    approve_button = _("Grant: give the credits back")
    approved_message = _("Granted: the credits are back with the location.")
    answer_help = _("They read it on the charge's page. Required to decline.")
    declined_message = _("Declined: the manager reads your answer on the charge's page.")

    list_display = ("age", "location_column", "subject", "reason", "requested_by", "state")
    list_select_related = ("location", "charge", "requested_by")
    search_fields = ("=location__name", "=external_id")
    search_help_text = _("The name of a location, or a message's whole external id")
    fields = (
        "location_column",
        ("requested_by", "requested_at", "age"),
        "reason",
        ("charge_column", "message_column"),
        "state",
        ("decided_by", "decided_at"),
        "answer",
        "reversal",
    )

    def describe_approval(self, obj: Any) -> Any:
        if obj.external_id:
            return _(
                "Granting gives back what is left of the message, once, to the credits that "
                "it came from."
            )
        return _(
            "Granting gives back what is left of the charge, once, to the credits that it "
            "came from."
        )

    @admin.display(description=_("What"))
    def subject(self, obj: CorrectionRequest) -> str:
        kind = obj.charge.get_kind_display()
        text = _("%(kind)s, one message") if obj.external_id else _("%(kind)s, all of it")
        return text % {"kind": kind}

    @admin.display(description=_("Charge"))
    def charge_column(self, obj: CorrectionRequest) -> str:
        return link("ledger_charge_change", obj.charge, obj.charge_id)

    @optional_column(_("Message"), empty=_("all of the charge"))
    def message_column(self, obj: CorrectionRequest) -> str | None:
        if not obj.external_id:
            return None
        messages = obj.charge.messages.filter(external_id=obj.external_id)
        message = messages.order_by("-credits").first()
        if message is None:
            return None
        return link(f"ledger_{message._meta.model_name}_change", message, message.pk)
