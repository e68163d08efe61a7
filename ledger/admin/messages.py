"""International and chat messages, to read. Nobody searches for a person here.

Phone numbers, recipients' fields and chat content are shown on a message's own page, to those
who may see personal data; lists and addresses carry external ids only.
"""

from typing import Any

import pghistory
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.admin.manual_entries import GiveBackLink
from ledger.models import ChatMessage, InternationalMessage
from ledger.reading.explanations import explain_chat, explain_international
from locations.admin.base import LedgerAdmin, link
from locations.formatting.countries import country_name
from locations.models.audit import SEEN

PERSONAL = "locations.view_personal_data"


class MessageAdmin(GiveBackLink, LedgerAdmin):
    search_fields = ("=external_id",)
    search_help_text = gettext_lazy("A whole external id")
    personal: tuple[str, ...] = ("phone",)
    what: tuple[str | tuple[str, ...], ...] = ()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """A location's own by their days, which are indexed; the newest of all by their ids."""
        return ("-day", "-id") if "location__id__exact" in request.GET else ("-id",)

    def give_back_address(self, shown: Any) -> str:
        if not shown.credits or shown.reversal_id is not None:
            return ""
        kind = "chat" if isinstance(shown, ChatMessage) else "international"
        return reverse(f"admin:ledger_entry_{kind}_reversal", args=[shown.pk])

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        origin = (("location", "external_id"), "charge_column", "position", ("outcome", "refusal"))
        price = (
            "why",
            ("credits", "contract_credits"),
            ("sent_at", "day"),
            "entry_column",
            "reversal",
        )
        fieldsets = [
            (None, {"fields": origin}),
            (_("What it was"), {"fields": self.what}),
            (_("What it cost"), {"fields": price}),
        ]
        if request.user.has_perm(PERSONAL):
            fieldsets.append((_("Personal data"), {"fields": self.personal}))
        return fieldsets

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer = super().changeform_view(request, object_id, *args, **kwargs)
        message = self.get_object(request, unquote(object_id)) if object_id else None
        if message is not None and request.user.has_perm(PERSONAL):
            # Whoever reads what people wrote leaves their name.
            pghistory.create_event(message, label=SEEN)
        return answer

    @admin.display(description=gettext_lazy("Charge"))
    def charge_column(self, message: Any) -> str:
        return link("ledger_charge_change", message.charge, message.charge_id)

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=gettext_lazy("Entry"), empty_value=gettext_lazy("none: it cost nothing")
    )
    def entry_column(self, message: Any) -> str | None:
        if message.entry is None:
            return None
        return link("ledger_entry_change", message.entry, message.entry_id)


@admin.register(InternationalMessage)
class InternationalMessageAdmin(MessageAdmin):
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
    personal = ("phone", "profile")
    what = (
        ("channel", "country_column"),
        ("carrier_type", "carrier_source"),
        ("seconds", "billed_seconds"),
        ("status", "status_detail", "status_at"),
    )

    @admin.display(description=gettext_lazy("Country"))
    def country_column(self, message: InternationalMessage) -> str:
        return f"{country_name(message.country)} ({message.country})" if message.country else "-"

    @admin.display(description=gettext_lazy("Why"))
    def why(self, message: InternationalMessage) -> str:
        return explain_international(message)


@admin.register(ChatMessage)
class ChatMessageAdmin(MessageAdmin):
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
    personal = ("phone", "content")
    what = ("inbox", ("direction", "text_type"))

    @admin.display(description=gettext_lazy("Why"))
    def why(self, message: ChatMessage) -> str:
        return explain_chat(message)
