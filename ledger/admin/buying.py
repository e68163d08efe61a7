"""Bundles, and the queue of credits that managers ask for: approved or declined here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince

from ledger import buying
from ledger.models import Bundle, CreditRequest, CreditRequestState
from ledger.models.bundles import LONGEST_DECISION
from ledger.posting import LedgerError
from locations.admin.lists import GuardedAdmin, ReadOnlyAdmin, link, location_link
from locations.models import User


@admin.register(Bundle)
class BundleAdmin(GuardedAdmin):
    """One that is sold no more is not deleted: requests name it."""

    list_display = ("name", "credits_shown", "price", "is_active", "position")
    list_filter = ("is_active",)
    search_fields = ("name",)
    fields = ("name", "credits", "price", "is_active", "position")
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Credits", ordering="credits")
    def credits_shown(self, bundle: Bundle) -> str:
        return number_format(bundle.credits)


class BuyingDecisionForm(forms.Form):
    answer = forms.CharField(
        label="Answer to the manager",
        max_length=LONGEST_DECISION,
        required=False,
        widget=AdminTextInputWidget,
        help_text="They read it beside their request. Required to decline.",
    )


@admin.register(CreditRequest)
class CreditRequestAdmin(ReadOnlyAdmin):
    """What is open comes first, oldest first. Reference and note are the manager's own words."""

    list_display = (
        "waiting",
        "location_shown",
        "credits_shown",
        "bundle",
        "reference",
        "asked_by",
        "state",
    )
    list_display_links = ("waiting",)
    list_filter = ("state",)
    list_select_related = ("location", "bundle", "asked_by")
    sortable_by = ()
    search_fields = ("=location__name", "=reference")
    search_help_text = "The name of a location, or a whole reference"
    change_form_template = "admin/ledger/creditrequest/decide.html"
    fields = (
        "location_shown",
        ("asked_by", "asked_at", "waiting"),
        ("credits_shown", "bundle", "price"),
        "reference",
        "note",
        "state",
        ("decided_by", "decided_at"),
        "answer",
        "purchase_shown",
    )

    def get_ordering(self, request: HttpRequest) -> Any:
        is_open = When(state=CreditRequestState.OPEN, then=Value(0))
        order = Case(is_open, default=Value(1), output_field=IntegerField())
        return [order.asc(), "asked_at", "pk"]

    @admin.display(description="Age")
    def waiting(self, asked: CreditRequest) -> str:
        until = asked.decided_at or timezone.now()
        age = timesince(asked.asked_at, until)
        return age if asked.state == CreditRequestState.OPEN else f"decided after {age}"

    @admin.display(description="Location")
    def location_shown(self, asked: CreditRequest) -> str:
        return location_link(asked.location)

    @admin.display(description="Credits")
    def credits_shown(self, asked: CreditRequest) -> str:
        return number_format(asked.credits)

    @admin.display(description="Purchase", empty_value="none")
    def purchase_shown(self, asked: CreditRequest) -> str | None:
        if asked.purchase is None:
            return None
        return link("ledger_entry_change", f"Entry {asked.purchase.number}", asked.purchase_id)

    # --- Deciding --------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide)
        address = path("<int:pk>/decide/", decide, name="ledger_creditrequest_decide")
        return [address, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"decision": BuyingDecisionForm(), "may_decide": _may_decide(request)}
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve or decline, as the button says; back to the queue, or to the form's fault."""
        user = request.user
        if request.method != "POST" or not isinstance(user, User) or not _may_decide(request):
            raise PermissionDenied
        if not CreditRequest.objects.filter(pk=pk).exists():
            raise Http404
        form = BuyingDecisionForm(request.POST)
        try:
            if not form.is_valid():
                raise LedgerError(f"An answer has at most {LONGEST_DECISION} characters.")
            answer = form.cleaned_data["answer"]
            if "_approve" in request.POST:
                done = buying.approve(pk, decided_by=user, at=timezone.now(), answer=answer)
                words = "Approved: the credits are with the location."
            else:
                done = buying.decline(pk, decided_by=user, at=timezone.now(), answer=answer)
                words = "Declined: the manager reads your answer beside the request."
        except LedgerError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:ledger_creditrequest_change", args=[pk]))
        self.log_change(request, done, words)
        self.message_user(request, words)
        return HttpResponseRedirect(reverse("admin:ledger_creditrequest_changelist"))


def _may_decide(request: HttpRequest) -> bool:
    """An approval writes an entry: who may not write one decides nothing."""
    return request.user.has_perms(["ledger.change_creditrequest", "ledger.add_entry"])
