"""Pages for entries that staff post by hand: form, confirmation, result."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ledger.admin.forms import (
    AdjustmentForm,
    ManualEntryForm,
    PurchaseForm,
    ReversalForm,
    WriteOffForm,
)
from ledger.admin.tables import BucketRow, BucketTable
from ledger.engine import renewals
from ledger.engine.posting import BadInput, KeyReused, LedgerError, PostedEntry
from ledger.models import Balance, Charge, ChatMessage, InternationalMessage
from ledger.requests import approvals
from locations.admin.base import link, render_page
from locations.formatting import numbers
from locations.models import Location, User


class ManualEntryPagesMixin(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("purchase/<int:pk>/", view(self.purchase), name="ledger_entry_purchase"),
            path("adjustment/<int:pk>/", view(self.adjustment), name="ledger_entry_adjustment"),
            path("write-off/<int:pk>/", view(self.write_off), name="ledger_entry_write_off"),
            path("reversal/<int:pk>/", view(self.reversal), name="ledger_entry_reversal"),
            path(
                "reversal/international/<int:pk>/",
                view(self.message_reversal),
                {"model": InternationalMessage},
                name="ledger_entry_international_reversal",
            ),
            path(
                "reversal/chat/<int:pk>/",
                view(self.message_reversal),
                {"model": ChatMessage},
                name="ledger_entry_chat_reversal",
            ),
            *super().get_urls(),
        ]

    def purchase(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._location_page(request, pk, PurchaseForm)

    def adjustment(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._location_page(request, pk, AdjustmentForm)

    def write_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._location_page(request, pk, WriteOffForm)

    def _location_page(
        self, request: HttpRequest, pk: int, form_class: type[ManualEntryForm]
    ) -> HttpResponse:
        user = _check_permission(request, form_class)
        location = get_object_or_404(Location.objects.select_related("account"), pk=pk)
        return self._post_entry(request, user, location, form_class(**_form_args(request)))

    def reversal(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = _check_permission(request, ReversalForm)
        charge = get_object_or_404(Charge.objects.select_related("location__account"), pk=pk)
        form = ReversalForm(charge=charge, **_form_args(request))
        return self._post_entry(request, user, charge.location, form)

    def message_reversal(self, request: HttpRequest, pk: int, model: Any) -> HttpResponse:
        user = _check_permission(request, ReversalForm)
        messages = model.objects.select_related("charge__location__account").defer("phone")
        message = get_object_or_404(messages, pk=pk)
        charge = message.charge
        form = ReversalForm(charge=charge, message=message, **_form_args(request))
        return self._post_entry(request, user, charge.location, form)

    def _post_entry(
        self, request: HttpRequest, user: User, location: Location, form: Any
    ) -> HttpResponse:
        """Show the form, then a dry run to confirm, then post; idempotent by the form's key."""
        at = timezone.now()
        posted: PostedEntry | None = None
        if form.is_valid() and "_back" not in request.POST:
            args = (location.pk, form.manual_entry())
            try:
                if "_record" in request.POST:
                    result = approvals.post_or_request(
                        *args, key=form.entry_key, at=at, created_by=user
                    )
                    return self._redirect(request, location, form, result)
                posted = approvals.dry_run(*args, key=form.entry_key, at=at, created_by=user)
            except KeyReused:
                form.add_error(
                    None,
                    _(
                        "This form has recorded an entry already, with other content. If another "
                        "one is meant, open the form anew from the location's page."
                    ),
                )
            except BadInput as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            except LedgerError as error:
                form.add_error(None, str(error))
        return render_page(
            request,
            "admin/ledger/entry/fund.html",
            self.model,
            title=f"{form.title}: {location}",
            location=location,
            form=form,
            adminform=AdminForm(form, [(None, {"fields": list(form.visible)})], {}),
            balances=BucketTable(
                _bucket_rows(renewals.renew_if_due(location.pk, at=at), posted), location
            ),
            dry_run=posted,
            needs_approval=posted is not None
            and not posted.replayed
            and approvals.needs_approval(posted.entry),
            limit=approvals.approval_limit(),
            values=[(form[name].label, form.cleaned_data[name]) for name in form.visible]
            if posted
            else [],
        )

    def _redirect(
        self,
        request: HttpRequest,
        location: Location,
        form: ManualEntryForm,
        result: approvals.ManualEntryResult,
    ) -> HttpResponse:
        level = messages.WARNING
        if (entry := result.entry) is not None:
            page = link("ledger_entry_change", entry, entry.pk)
            if result.replayed:
                message = format_html(_("It was recorded already, once, as {}."), page)
            else:
                level = messages.INFO
                self.log_addition(request, entry, form.log_message)
                balance = numbers.format_credits(entry.balance_after)
                message = format_html(_("Recorded: {}. The balance is {} now."), page, balance)
        elif (pending := result.pending) is not None:
            page = link("ledger_approvalrequest_change", pending, pending.pk)
            if result.replayed:
                state = pending.get_state_display().lower()
                message = format_html(_("It was asked for already, once: {} is {}."), page, state)
            else:
                self.log_addition(request, pending, f"Asked for a second person: {form.title}.")
                text = _("Nothing has moved yet: {} waits for a second person.")
                message = format_html(text, page)
        self.message_user(request, message, level)
        if request.user.has_perm("locations.view_location"):
            return redirect("admin:locations_location_change", location.pk)
        return redirect("admin:index")


class ReversalLinkMixin(admin.ModelAdmin):
    """For charges and messages: a link to the form that gives their credits back."""

    change_form_template = "admin/ledger/give_back.html"

    def get_reversal_url(self, obj: Any) -> str:
        """Empty if nothing is left to give back."""
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.user.has_perm(ReversalForm.permission):
            context["reversal_url"] = self.get_reversal_url(kwargs["obj"])
        return super().render_change_form(request, context, *args, **kwargs)


def _check_permission(request: HttpRequest, form_class: type[ManualEntryForm]) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(form_class.permission):
        raise PermissionDenied
    return user


def _form_args(request: HttpRequest) -> dict[str, Any]:
    return {"data": request.POST or None, "initial": {"key": uuid.uuid4()}}


def _bucket_rows(balance: Balance, posted: PostedEntry | None) -> list[BucketRow]:
    rows = [
        BucketRow(_("Contract"), balance.contract_credits),
        BucketRow(_("Purchased"), balance.purchased_credits),
        BucketRow(_("Balance"), balance.total),
    ]
    if posted is None or posted.replayed:
        return rows
    entry = posted.entry
    credits_after = (entry.contract_after, entry.purchased_after, entry.balance_after)
    return [row._replace(after=after) for row, after in zip(rows, credits_after, strict=True)]
