"""The queue of corrections that managers ask for: granted or declined here."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ledger.admin.request_base import DecisionAdmin
from ledger.models import ChargeKind, CorrectionRequest
from ledger.requests import correction_requests
from locations.admin.base import link


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(DecisionAdmin):
    """The reason is the manager's own words."""

    meet = staticmethod(correction_requests.grant)
    decline = staticmethod(correction_requests.decline)
    meet_button = _("Grant: give the credits back")
    met_words = _("Granted: the credits are back with the location.")
    answer_help = _("They read it on the charge's page. Required to decline.")
    declined_words = _("Declined: the manager reads your answer on the charge's page.")

    list_display = (
        "waiting",
        "location_column",
        "what",
        "reason",
        "requested_by",
        "state",
    )
    list_select_related = ("location", "charge", "requested_by")
    search_fields = ("=location__name", "=external_id")
    search_help_text = _("The name of a location, or a message's whole external id")
    fields = (
        "location_column",
        ("requested_by", "requested_at", "waiting"),
        "reason",
        ("charge_column", "message_column"),
        "state",
        ("decided_by", "decided_at"),
        "answer",
        "reversal",
    )

    def what_meeting_does(self, asked: Any) -> str:
        if asked.external_id:
            return str(
                _(
                    "Granting gives back what is left of the message, once, to the credits that "
                    "it came from."
                )
            )
        return str(
            _(
                "Granting gives back what is left of the charge, once, to the credits that it "
                "came from."
            )
        )

    @admin.display(description=_("What"))
    def what(self, asked: CorrectionRequest) -> str:
        kind = asked.charge.get_kind_display()
        words = _("%(kind)s, one message") if asked.external_id else _("%(kind)s, all of it")
        return words % {"kind": kind}

    @admin.display(description=_("Charge"))
    def charge_column(self, asked: CorrectionRequest) -> str:
        return link("ledger_charge_change", asked.charge, asked.charge_id)

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=_("Message"), empty_value=_("all of the charge")
    )
    def message_column(self, asked: CorrectionRequest) -> str | None:
        if not asked.external_id:
            return None
        chat = asked.charge.kind == ChargeKind.CHAT
        messages_of = asked.charge.chatmessages if chat else asked.charge.internationalmessages
        found = messages_of.filter(external_id=asked.external_id).order_by("-credits").first()
        table = "chatmessage" if chat else "internationalmessage"
        return link(f"ledger_{table}_change", found, found.pk) if found else None
