"""Balances, charges and holds, read-only."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.admin.manual_entries import ReversalLinkMixin
from ledger.admin.price_check import price_check_view
from ledger.admin.renewals import RenewalPagesMixin
from ledger.models import Balance, Charge, Hold, HoldState
from locations.admin.base import LedgerAdmin, ReadOnlyAdmin, link, optional_column
from locations.formatting import numbers


class BalanceFilter(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "balance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("overdrawn", gettext("Overdrawn")),
            ("empty", gettext("Nothing left")),
            ("soon", gettext("Renews in 30 days")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Balance]
    ) -> QuerySet[Balance] | None:
        match self.value():
            case "overdrawn":
                return queryset.filter(purchased_credits__lt=0)
            case "empty":
                return queryset.filter(contract_credits__lte=-F("purchased_credits"))
            case "soon":
                at = timezone.now()
                until = at + dt.timedelta(days=30)
                return queryset.filter(renewal_due_at__gte=at, renewal_due_at__lt=until)
        return None


@admin.register(Balance)
class BalanceAdmin(RenewalPagesMixin, ReadOnlyAdmin):
    list_display = (
        "location",
        "available_column",
        "contract_credits",
        "purchased_credits",
        "renewal_due_at",
        "last_number",
    )
    list_filter = (BalanceFilter,)
    list_select_related = ("location",)
    ordering = ("location__name",)
    search_fields = ("location__name", "location__account__name")
    fields = (
        "location",
        "available_column",
        ("contract_credits", "purchased_credits"),
        "last_number",
        ("renewed_through_on", "renewal_due_at"),
        "terms_version",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Balance]:
        return Balance.objects.as_of(timezone.now())

    @admin.display(description=_("Available"))
    def available_column(self, balance: Balance) -> str:
        return numbers.format_credits(balance.available)


@admin.register(Charge)
class ChargeAdmin(ReversalLinkMixin, LedgerAdmin):
    list_display = (
        "key",
        "location_column",
        "kind",
        "outcome",
        "credits",
        "day",
        "refusal",
        "needed_credits",
        "at",
    )
    list_filter = ("kind", "outcome", "refusal")
    list_select_related = ("location",)
    search_fields = ("=key", "=location__name")
    search_help_text = _("A whole idempotency key, or the name of a location")
    fields = (
        ("location", "kind"),
        ("key", "on_insufficient"),
        ("outcome", "refusal"),
        ("at", "day"),
        ("needed_credits", "credits", "shortfall_column"),
        ("available_before", "held_before", "overdraft_limit"),
        "hold",
        ("contract_after", "purchased_after"),
        "entries_column",
        "messages_column",
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(price_check_view)
        return [path("try/<int:pk>/", view, name="ledger_charge_try"), *super().get_urls()]

    def get_reversal_url(self, obj: Any) -> str:
        if not obj.messages.filter(credits__gt=0, reversal__isnull=True).exists():
            return ""
        return reverse("admin:ledger_entry_reversal", args=[obj.pk])

    @admin.display(description=_("Shortfall"))
    def shortfall_column(self, charge: Charge) -> str:
        return number_format(charge.shortfall)

    @optional_column(_("Entries"), empty=_("none: it cost nothing"))
    def entries_column(self, charge: Charge) -> str | None:
        entries = charge.entries.select_related("location").order_by("number")
        links = [(link("ledger_entry_change", entry, entry.pk),) for entry in entries]
        return format_html_join(", ", "{}", links) or None

    @admin.display(description=_("Messages"))
    def messages_column(self, charge: Charge) -> str:
        page = f"ledger_{charge.messages.model._meta.model_name}_changelist"
        query = f"?charge__id__exact={charge.pk}"
        return link(page, gettext("The messages that it brought"), query=query)


@admin.register(Hold)
class HoldAdmin(LedgerAdmin):
    """Without the phone number, which is personal data of the call."""

    list_display = ("key", "location_column", "kind", "credits", "state_column", "at", "expires_at")
    list_filter = ("state", "kind")
    list_select_related = ("location",)
    search_fields = ("=key", "=location__name")
    search_help_text = _("A whole idempotency key, or the name of a location")
    fields = (
        ("location", "kind"),
        "key",
        ("credits", "over_rule"),
        ("state_column", "refusal"),
        ("at", "expires_at", "ended_at"),
        ("expected_seconds", "carrier_type"),
        "available_before",
    )

    @admin.display(description=_("State"))
    def state_column(self, hold: Hold) -> str:
        return str(HoldState(hold.state_at(timezone.now())).label)
