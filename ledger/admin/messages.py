"""International and chat messages, read-only.

Lists and URLs have external ids only; personal data is on the page of a message, with permission.
"""

from typing import Any

import pghistory
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.admin.manual_entries import ReversalLinkMixin
from ledger.models import ChatMessage, InternationalMessage
from ledger.reading.explanations import explain_chat, explain_international
from locations.admin.base import LedgerAdmin, link, optional_column
from locations.formatting.countries import country_name
from locations.models.audit import SEEN

SEE_PERSONAL_DATA = "locations.view_personal_data"


class BaseMessageAdmin(ReversalLinkMixin, LedgerAdmin):
    search_fields = ("=external_id",)
    search_help_text = gettext_lazy("A whole external id")
    personal_fields: tuple[str, ...] = ("phone",)
    message_fields: tuple[str | tuple[str, ...], ...] = ()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        # Those of a location by day, which is indexed with the location.
        return ("-day", "-id") if "location__id__exact" in request.GET else ("-id",)

    def get_reversal_url(self, obj: Any) -> str:
        if not obj.credits or obj.reversal_id is not None:
            return ""
        kind = "chat" if isinstance(obj, ChatMessage) else "international"
        return reverse(f"admin:ledger_entry_{kind}_reversal", args=[obj.pk])

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        origin = (("location", "external_id"), "charge_column", "position", ("outcome", "refusal"))
        price = (
            "explanation",
            ("credits", "contract_credits"),
            ("sent_at", "day"),
            "entry_column",
            "reversal",
        )
        fieldsets = [
            (None, {"fields": origin}),
            (_("What it was"), {"fields": self.message_fields}),
            (_("What it cost"), {"fields": price}),
        ]
        if request.user.has_perm(SEE_PERSONAL_DATA):
            fieldsets.append((_("Personal data"), {"fields": self.personal_fields}))
        return fieldsets

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().changeform_view(request, object_id, *args, **kwargs)
        message = self.get_object(request, unquote(object_id)) if object_id else None
        if message is not None and request.user.has_perm(SEE_PERSONAL_DATA):
            # Reading personal data is audited.
            pghistory.create_event(message, label=SEEN)
        return response

    @admin.display(description=gettext_lazy("Charge"))
    def charge_column(self, message: Any) -> str:
        return link("ledger_charge_change", message.charge, message.charge_id)

    @optional_column(gettext_lazy("Entry"), empty=gettext_lazy("none: it cost nothing"))
    def entry_column(self, message: Any) -> str | None:
        if message.entry is None:
            return None
        return link("ledger_entry_change", message.entry, message.entry_id)


@admin.register(InternationalMessage)
class InternationalMessageAdmin(BaseMessageAdmin):
    list_display = (
        "external_id",
        "location_column",
        "channel",
        "country",
        "credits",
        "outcome",
        "day",
        "status",
        "refusal",
        "carrier_type",
        "sent_at",
    )
    list_filter = ("channel", "outcome", "refusal", "carrier_type")
    list_select_related = ("location",)
    personal_fields = ("phone", "profile")
    message_fields = (
        ("channel", "country_column"),
        ("carrier_type", "carrier_source"),
        ("seconds", "billed_seconds"),
        ("status", "status_detail", "status_at"),
    )

    @admin.display(description=gettext_lazy("Country"))
    def country_column(self, message: InternationalMessage) -> str:
        return f"{country_name(message.country)} ({message.country})" if message.country else "-"

    @admin.display(description=gettext_lazy("Why"))
    def explanation(self, message: InternationalMessage) -> str:
        return explain_international(message)


@admin.register(ChatMessage)
class ChatMessageAdmin(BaseMessageAdmin):
    list_display = (
        "external_id",
        "location_column",
        "direction",
        "credits",
        "outcome",
        "day",
        "inbox",
        "text_type",
        "refusal",
        "sent_at",
    )
    list_filter = ("direction", "text_type", "outcome")
    list_select_related = ("location", "inbox")
    personal_fields = ("phone", "content")
    message_fields = ("inbox", ("direction", "text_type"))

    @admin.display(description=gettext_lazy("Why"))
    def explanation(self, message: ChatMessage) -> str:
        return explain_chat(message)
