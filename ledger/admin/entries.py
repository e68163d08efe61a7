"""Ledger entries, to read; and the two forms that post one: a purchase, an adjustment."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger import renewing
from ledger.admin.forms import AdjustmentForm, FundingForm, PurchaseForm
from ledger.funding import Posted
from ledger.models import Balance, ChargeKind, Entry, Kind
from ledger.posting import BadInput, KeyReused, LedgerError
from locations.admin.lists import LedgerAdmin, link, location_link, signed
from locations.models import Location, User


@admin.register(Entry)
class EntryAdmin(LedgerAdmin):
    list_display = (
        "number_shown",
        "location_shown",
        "kind_shown",
        "credits_shown",
        "balance_shown",
        "day",
        "reference",
        "made_by",
    )
    list_filter = ("kind",)
    list_select_related = ("location", "made_by")
    search_fields = ("=reference", "=key", "=location__name")
    search_help_text = gettext_lazy("A whole reference, idempotency key or name of a location")
    fields = (
        ("location", "number"),
        "kind_shown",
        ("contract_delta", "purchased_delta", "lapsed_credits"),
        ("contract_after", "purchased_after"),
        ("at", "day", "recorded_at"),
        ("charge", "messages_shown"),
        ("contract", "term_starts_on"),
        ("reason", "reference"),
        ("made_by", "key"),
    )

    @admin.display(description=gettext_lazy("No."))
    def number_shown(self, entry: Entry) -> str:
        return number_format(entry.number)

    @admin.display(description=gettext_lazy("Location"))
    def location_shown(self, entry: Entry) -> str:
        return location_link(entry.location)

    @admin.display(description=gettext_lazy("Kind"))
    def kind_shown(self, entry: Entry) -> str:
        return format_html(
            '<span class="kind kind-{}">{}</span>', entry.kind, entry.get_kind_display()
        )

    @admin.display(description=gettext_lazy("Credits"))
    def credits_shown(self, entry: Entry) -> str:
        side = "plus" if entry.credits > 0 else "minus"
        return format_html('<span class="{}">{}</span>', side, signed(entry.credits, plus=True))

    @admin.display(description=gettext_lazy("Balance after"))
    def balance_shown(self, entry: Entry) -> str:
        return signed(entry.balance_after)

    @admin.display(  # type: ignore[call-overload]  # lazy texts are shown as well
        description=gettext_lazy("Messages"), empty_value=gettext_lazy("none")
    )
    def messages_shown(self, entry: Entry) -> str | None:
        if entry.charge is None:
            return None
        table = "chatmessage" if entry.charge.kind == ChargeKind.CHAT else "internationalmessage"
        words, field = _("The messages that it paid for"), "entry"
        if entry.kind == Kind.REVERSAL:
            words, field = _("The messages that it gave back"), "reversal"
        return link(f"ledger_{table}_changelist", words, query=f"?{field}__id__exact={entry.pk}")

    # --- Purchases and adjustments ---------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("purchase/<int:pk>/", view(self.purchase), name="ledger_entry_purchase"),
            path("adjustment/<int:pk>/", view(self.adjustment), name="ledger_entry_adjustment"),
            *super().get_urls(),
        ]

    def purchase(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._fund(request, pk, PurchaseForm, permission="ledger.fund")

    def adjustment(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._fund(request, pk, AdjustmentForm, permission="ledger.adjust")

    def _fund(
        self, request: HttpRequest, pk: int, form_class: type[FundingForm], *, permission: str
    ) -> HttpResponse:
        """Ask, show what it will do, record: the key in the form makes a double click one entry."""
        user = request.user
        if not isinstance(user, User) or not user.has_perm(permission):
            raise PermissionDenied
        location = Location.objects.select_related("account").filter(pk=pk).first()
        if location is None:
            raise Http404
        form: Any = form_class(request.POST or None, initial=form_class.fresh())
        rehearsed: Posted | None = None
        if form.is_valid() and "_back" not in request.POST:
            try:
                if "_record" in request.POST:
                    posted = form.post(location.pk, at=timezone.now(), made_by=user)
                    return self._recorded(request, location, form, posted)
                with transaction.atomic():
                    rehearsed = form.post(location.pk, at=timezone.now(), made_by=user)
                    transaction.set_rollback(True)
            except KeyReused:
                form.add_error(
                    None,
                    _(
                        "This form has recorded an entry already, with other content. If another "
                        "one is meant, open the form anew from the location's page."
                    ),
                )
            except BadInput as bad:
                form.add_error(bad.field if bad.field in form.fields else None, bad.message)
            except LedgerError as error:
                form.add_error(None, str(error))
        balance = renewing.up_to_date(location.pk, at=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "title": f"{form.title}: {location}",
            "subtitle": None,
            "opts": self.opts,
            "location": location,
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": list(form.shown)})], {}),
            "steps": _steps(balance, rehearsed),
            "rehearsed": rehearsed,
            "said": [(form[name].label, form.cleaned_data[name]) for name in form.shown]
            if rehearsed
            else [],
        }
        return TemplateResponse(request, "admin/ledger/entry/fund.html", context)

    def _recorded(
        self, request: HttpRequest, location: Location, form: FundingForm, posted: Posted
    ) -> HttpResponse:
        entry = posted.entry
        if posted.replayed:
            words = _("It was recorded already, once, as {}.")
            self.message_user(
                request,
                format_html(words, link("ledger_entry_change", entry, entry.pk)),
                messages.WARNING,
            )
        else:
            self.log_addition(request, entry, form.logged)
            self.message_user(
                request,
                format_html(
                    _("Recorded: {}. The balance is {} now."),
                    link("ledger_entry_change", entry, entry.pk),
                    signed(entry.balance_after),
                ),
            )
        return HttpResponseRedirect(
            reverse("admin:locations_location_change", args=[location.pk])
            if request.user.has_perm("locations.view_location")
            else reverse("admin:index")
        )


def _steps(balance: Balance, rehearsed: Posted | None) -> list[tuple[str, str, str]]:
    """Each bucket and their sum: what is there now and, once it is known, what will be."""
    rows = [
        ("Contract", balance.contract_credits),
        ("Purchased", balance.purchased_credits),
        ("Balance", balance.total),
    ]
    if rehearsed is None or rehearsed.replayed:
        return [(bucket, signed(now), "") for bucket, now in rows]
    entry = rehearsed.entry
    after = (entry.contract_after, entry.purchased_after, entry.balance_after)
    return [
        (bucket, signed(now), signed(then)) for (bucket, now), then in zip(rows, after, strict=True)
    ]
