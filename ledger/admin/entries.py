"""Ledger entries, read-only; `manual_entries` posts them."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.admin.manual_entries import ManualEntryPagesMixin
from ledger.engine import reasons
from ledger.models import Entry, EntryKind
from locations.admin.base import MAX_LISTED, LedgerAdmin, link, optional_column
from locations.formatting import numbers
from locations.models import Location


@admin.register(Entry)
class EntryAdmin(ManualEntryPagesMixin, LedgerAdmin):
    list_display = (
        "number_column",
        "location_column",
        "kind_column",
        "credits_column",
        "balance_column",
        "day",
        "reference",
        "created_by",
    )
    list_filter = ("kind",)
    list_select_related = ("location", "created_by")
    search_fields = ("=reference", "=key", "=location__name")
    search_help_text = gettext_lazy("A whole reference, idempotency key or name of a location")
    fields = (
        ("location", "number"),
        "kind_column",
        ("contract_delta", "purchased_delta", "lapsed_credits"),
        ("contract_after", "purchased_after"),
        ("at", "day", "recorded_at"),
        ("charge", "messages_column"),
        ("contract", "term_starts_on"),
        ("reason_column", "reference"),
        ("created_by", "approved_by", "key"),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        # Each of the three by its own index: OR between them would scan the whole table.
        search_term = search_term.strip()
        if not search_term:
            return queryset, False
        entries = Entry.objects.order_by().values_list("pk", flat=True)
        by_reference = entries.exclude(reference="").filter(reference__iexact=search_term)
        by_key = entries.filter(key__isnull=False, key__iexact=search_term)
        ids = list(by_reference.union(by_key)[:MAX_LISTED])
        locations = list(Location.objects.filter(name__iexact=search_term))
        return queryset.filter(Q(pk__in=ids) | Q(location__in=locations)), False

    @admin.display(description=gettext_lazy("No."))
    def number_column(self, entry: Entry) -> str:
        return number_format(entry.number)

    @admin.display(description=gettext_lazy("Kind"))
    def kind_column(self, entry: Entry) -> str:
        return format_html(
            '<span class="kind kind-{}">{}</span>', entry.kind, entry.get_kind_display()
        )

    @admin.display(description=gettext_lazy("Credits"))
    def credits_column(self, entry: Entry) -> str:
        side = "plus" if entry.credits > 0 else "minus"
        return format_html('<span class="{}">{}</span>', side, numbers.format_signed(entry.credits))

    @admin.display(description=gettext_lazy("Reason"))
    def reason_column(self, entry: Entry) -> str:
        return reasons.describe_reason(entry.kind, entry.reason)

    @admin.display(description=gettext_lazy("Balance after"))
    def balance_column(self, entry: Entry) -> str:
        return numbers.format_credits(entry.balance_after)

    @optional_column(gettext_lazy("Messages"), empty=gettext_lazy("none"))
    def messages_column(self, entry: Entry) -> str | None:
        if entry.charge is None:
            return None
        page = f"ledger_{entry.charge.messages.model._meta.model_name}_changelist"
        text, field = _("The messages that it paid for"), "entry"
        if entry.kind == EntryKind.REVERSAL:
            text, field = _("The messages that it gave back"), "reversal"
        return link(page, text, query=f"?{field}__id__exact={entry.pk}")
