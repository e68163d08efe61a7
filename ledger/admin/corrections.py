"""The queue of corrections that managers ask for: granted or declined here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timesince import timesince

from ledger import correcting
from ledger.models import ChargeKind, CorrectionRequest, CorrectionState
from ledger.models.corrections import LONGEST_ANSWER
from ledger.posting import LedgerError
from locations.admin.lists import ReadOnlyAdmin, link, location_link
from locations.models import User


class DecisionForm(forms.Form):
    answer = forms.CharField(
        label="Answer to the manager",
        max_length=LONGEST_ANSWER,
        required=False,
        widget=AdminTextInputWidget,
        help_text="They read it on the charge's page. Required to decline.",
    )


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(ReadOnlyAdmin):
    """What is open comes first, oldest first. The reason is the manager's own words."""

    list_display = (
        "waiting",
        "location_shown",
        "what",
        "reason",
        "asked_by",
        "state",
    )
    list_display_links = ("waiting",)
    list_filter = ("state",)
    list_select_related = ("location", "charge", "asked_by")
    sortable_by = ()
    search_fields = ("=location__name", "=external_id")
    search_help_text = "The name of a location, or a message's whole external id"
    change_form_template = "admin/ledger/correctionrequest/decide.html"
    fields = (
        "location_shown",
        ("asked_by", "asked_at", "waiting"),
        "reason",
        ("charge_shown", "message_shown"),
        "state",
        ("decided_by", "decided_at"),
        "answer",
        "reversal",
    )

    def get_ordering(self, request: HttpRequest) -> Any:
        is_open = When(state=CorrectionState.OPEN, then=Value(0))
        order = Case(is_open, default=Value(1), output_field=IntegerField())
        return [order.asc(), "asked_at", "pk"]

    @admin.display(description="Age")
    def waiting(self, asked: CorrectionRequest) -> str:
        until = asked.decided_at or timezone.now()
        age = timesince(asked.asked_at, until)
        return age if asked.state == CorrectionState.OPEN else f"decided after {age}"

    @admin.display(description="Location")
    def location_shown(self, asked: CorrectionRequest) -> str:
        return location_link(asked.location)

    @admin.display(description="What")
    def what(self, asked: CorrectionRequest) -> str:
        kind = asked.charge.get_kind_display()
        return f"{kind}, one message" if asked.external_id else f"{kind}, all of it"

    @admin.display(description="Charge")
    def charge_shown(self, asked: CorrectionRequest) -> str:
        return link("ledger_charge_change", asked.charge, asked.charge_id)

    @admin.display(description="Message", empty_value="all of the charge")
    def message_shown(self, asked: CorrectionRequest) -> str | None:
        if not asked.external_id:
            return None
        chat = asked.charge.kind == ChargeKind.CHAT
        messages_of = asked.charge.chatmessages if chat else asked.charge.internationalmessages
        found = messages_of.filter(external_id=asked.external_id).order_by("-credits").first()
        table = "chatmessage" if chat else "internationalmessage"
        return link(f"ledger_{table}_change", found, found.pk) if found else None

    # --- Deciding --------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide)
        address = path("<int:pk>/decide/", decide, name="ledger_correctionrequest_decide")
        return [address, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"decision": DecisionForm(), "may_decide": _may_decide(request)}
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Grant or decline, as the button says; back to the queue, or to the form's fault."""
        user = request.user
        if request.method != "POST" or not isinstance(user, User) or not _may_decide(request):
            raise PermissionDenied
        if not CorrectionRequest.objects.filter(pk=pk).exists():
            raise Http404
        form = DecisionForm(request.POST)
        try:
            if not form.is_valid():
                raise LedgerError(f"An answer has at most {LONGEST_ANSWER} characters.")
            answer = form.cleaned_data["answer"]
            if "_grant" in request.POST:
                done = correcting.grant(pk, decided_by=user, at=timezone.now(), answer=answer)
                words = "Granted: the credits are back with the location."
            else:
                done = correcting.decline(pk, decided_by=user, at=timezone.now(), answer=answer)
                words = "Declined: the manager reads your answer on the charge's page."
        except LedgerError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:ledger_correctionrequest_change", args=[pk]))
        self.log_change(request, done, words)
        self.message_user(request, words)
        return HttpResponseRedirect(reverse("admin:ledger_correctionrequest_changelist"))


def _may_decide(request: HttpRequest) -> bool:
    """A grant writes an entry: who may not write one decides nothing."""
    return request.user.has_perms(["ledger.change_correctionrequest", "ledger.add_entry"])
