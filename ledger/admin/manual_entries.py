"""The pages on which staff post by hand: said, shown, recorded; above a limit asked for."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ledger.admin.forms import (
    AdjustmentForm,
    FundingForm,
    PurchaseForm,
    ReversalForm,
    WriteOffForm,
)
from ledger.engine import renewals
from ledger.engine.funding import PostedEntry
from ledger.engine.posting import BadInput, KeyReused, LedgerError
from ledger.models import (
    ApprovalRequest,
    Balance,
    Charge,
    ChatMessage,
    Entry,
    InternationalMessage,
)
from ledger.requests import approvals
from locations.admin.base import link
from locations.formatting import numbers
from locations.models import Location, User


class RecordingPages(admin.ModelAdmin):
    """For the admin of entries: what it adds is posted by the ledger, never saved."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("purchase/<int:pk>/", view(self.purchase), name="ledger_entry_purchase"),
            path("adjustment/<int:pk>/", view(self.adjustment), name="ledger_entry_adjustment"),
            path("write-off/<int:pk>/", view(self.write_off), name="ledger_entry_write_off"),
            path("reversal/<int:pk>/", view(self.reversal), name="ledger_entry_reversal"),
            path(
                "reversal/international/<int:pk>/",
                view(self.international_reversal),
                name="ledger_entry_international_reversal",
            ),
            path(
                "reversal/chat/<int:pk>/",
                view(self.chat_reversal),
                name="ledger_entry_chat_reversal",
            ),
            *super().get_urls(),
        ]

    def purchase(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._record(request, _location(request, pk, PurchaseForm), PurchaseForm())

    def adjustment(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._record(request, _location(request, pk, AdjustmentForm), AdjustmentForm())

    def write_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._record(request, _location(request, pk, WriteOffForm), WriteOffForm())

    def reversal(self, request: HttpRequest, pk: int) -> HttpResponse:
        _may_record(request, ReversalForm)
        charge = Charge.objects.select_related("location__account").filter(pk=pk).first()
        if charge is None:
            raise Http404
        return self._record(request, charge.location, ReversalForm(charge=charge))

    def international_reversal(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._message_reversal(request, InternationalMessage, pk)

    def chat_reversal(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._message_reversal(request, ChatMessage, pk)

    def _message_reversal(self, request: HttpRequest, kind: Any, pk: int) -> HttpResponse:
        _may_record(request, ReversalForm)
        found = kind.objects.select_related("charge__location__account").filter(pk=pk)
        message = found.defer("phone").first()
        if message is None:
            raise Http404
        charge = message.charge
        return self._record(request, charge.location, ReversalForm(charge=charge, message=message))

    def _record(self, request: HttpRequest, location: Location, blank: FundingForm) -> HttpResponse:
        """Ask, show what it will do, record: the key in the form makes a double click one entry."""
        user = _may_record(request, type(blank))
        form: Any = blank.filled(request.POST or None)
        at = timezone.now()
        rehearsed: PostedEntry | None = None
        if form.is_valid() and "_back" not in request.POST:
            try:
                if "_record" in request.POST:
                    done = approvals.post_or_ask(
                        location.pk, form.wanted(), key=form.key_of_entry, at=at, created_by=user
                    )
                    return self._recorded(request, location, form, done)
                rehearsed = approvals.rehearse(
                    location.pk, form.wanted(), key=form.key_of_entry, at=at, created_by=user
                )
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
        balance = renewals.renew_if_due(location.pk, at=at)
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
            "waits": rehearsed is not None
            and not rehearsed.replayed
            and approvals.needs_second_person(rehearsed.entry),
            "limit": approvals.limit(),
            "said": [(form[name].label, form.cleaned_data[name]) for name in form.shown]
            if rehearsed
            else [],
        }
        return TemplateResponse(request, "admin/ledger/entry/fund.html", context)

    def _recorded(
        self, request: HttpRequest, location: Location, form: FundingForm, done: approvals.Done
    ) -> HttpResponse:
        if done.waiting is not None:
            self._say_what_waits(request, form, done.waiting, replayed=done.replayed)
        elif done.entry is not None:
            self._say_what_was_posted(request, form, done.entry, replayed=done.replayed)
        return HttpResponseRedirect(
            reverse("admin:locations_location_change", args=[location.pk])
            if request.user.has_perm("locations.view_location")
            else reverse("admin:index")
        )

    def _say_what_was_posted(
        self, request: HttpRequest, form: FundingForm, entry: Entry, *, replayed: bool
    ) -> None:
        page = link("ledger_entry_change", entry, entry.pk)
        if replayed:
            words = format_html(_("It was recorded already, once, as {}."), page)
            self.message_user(request, words, messages.WARNING)
            return
        self.log_addition(request, entry, form.logged)
        balance = numbers.format_credits(entry.balance_after)
        words = format_html(_("Recorded: {}. The balance is {} now."), page, balance)
        self.message_user(request, words)

    def _say_what_waits(
        self, request: HttpRequest, form: FundingForm, asked: ApprovalRequest, *, replayed: bool
    ) -> None:
        page = link("ledger_approvalrequest_change", asked, asked.pk)
        if replayed:
            state = asked.get_state_display().lower()
            words = format_html(_("It was asked for already, once: {} is {}."), page, state)
        else:
            self.log_addition(request, asked, f"Asked for a second person: {form.title}.")
            words = format_html(_("Nothing has moved yet: {} waits for a second person."), page)
        self.message_user(request, words, messages.WARNING)


class GiveBackLink(admin.ModelAdmin):
    """For the pages of charges and messages: a way to the form that gives their credits back."""

    change_form_template = "admin/ledger/give_back.html"

    def give_back_address(self, shown: Any) -> str:
        """Of the form; empty where nothing is left to give back."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        shown = self.get_object(request, object_id)
        may = shown is not None and request.user.has_perm(ReversalForm.permission)
        context = {
            **(extra_context or {}),
            "give_back": self.give_back_address(shown) if may else "",
        }
        return super().change_view(request, object_id, form_url, context)


def _may_record(request: HttpRequest, form: type[FundingForm]) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(form.permission):
        raise PermissionDenied
    return user


def _location(request: HttpRequest, pk: int, form: type[FundingForm]) -> Location:
    _may_record(request, form)
    location = Location.objects.select_related("account").filter(pk=pk).first()
    if location is None:
        raise Http404
    return location


def _steps(balance: Balance, rehearsed: PostedEntry | None) -> list[tuple[str, str, str]]:
    """Each bucket and their sum: what is there now and, once it is known, what will be."""
    rows = [
        (_("Contract"), balance.contract_credits),
        (_("Purchased"), balance.purchased_credits),
        (_("Balance"), balance.total),
    ]
    if rehearsed is None or rehearsed.replayed:
        return [(bucket, numbers.format_credits(now), "") for bucket, now in rows]
    entry = rehearsed.entry
    after = (entry.contract_after, entry.purchased_after, entry.balance_after)
    return [
        (bucket, numbers.format_credits(now), numbers.format_credits(then))
        for (bucket, now), then in zip(rows, after, strict=True)
    ]
