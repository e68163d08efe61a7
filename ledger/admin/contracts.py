"""Contracts whose included amount may also change within the running term."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.engine.posting import BadInput, LedgerError
from ledger.requests import contract_changes
from locations.admin.base import link, replace_admin
from locations.admin.contracts import ContractAdmin, ContractForm
from locations.contracts.amendments import ContractRefused
from locations.contracts.terms import load_terms
from locations.formatting import numbers
from locations.models import Contract, User

RENEWAL, NOW = "renewal", "now"


class RunningContractForm(ContractForm):
    takes_effect = forms.ChoiceField(
        label=gettext_lazy("The included credits take effect"),
        choices=[
            (
                RENEWAL,
                gettext_lazy("At the next renewal: the running term keeps what it was granted"),
            ),
            (
                NOW,
                gettext_lazy("Now: an adjustment brings the running term to the whole new amount"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=RENEWAL,
        required=False,
        help_text=gettext_lazy(
            "From 9,000 to 12,000 now adds 3,000 contract credits, on any day of the term. From "
            "9,000 to 6,000 takes 3,000, or what is left of them: used credits are not taken "
            "back, and the grant is never edited."
        ),
    )
    change_reason = forms.CharField(
        label=gettext_lazy("Why now"),
        max_length=contract_changes.MAX_REASON_LENGTH,
        required=False,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy(
            "Required for now: a sentence the location's manager would understand."
        ),
    )

    user: ClassVar[User]  # set for each request
    change: contract_changes.TermChange | None = None

    def clean(self) -> dict[str, Any]:
        if self.is_now and not str(self.cleaned_data.get("change_reason", "")).strip():
            self.add_error("change_reason", _("Say why the running term changes."))
        return super().clean()

    @property
    def is_now(self) -> bool:
        return self.instance.pk is not None and self.cleaned_data.get("takes_effect") == NOW

    def write(self) -> Contract:
        if not self.is_now:
            return super().write()
        if not self.user.has_perm("ledger.adjust"):
            raise ContractRefused(
                {"takes_effect": _("It takes an adjustment, which is not yours to make.")}
            )
        try:
            self.change = contract_changes.change_running_term(
                self.amended(),
                self.changed_terms,
                reason=self.cleaned_data["change_reason"],
                at=timezone.now(),
                created_by=self.user,
            )
        except BadInput as error:
            raise ContractRefused({"change_reason": error.message}) from error
        except LedgerError as error:
            raise ContractRefused({"takes_effect": str(error)}) from error
        return self.change.contract


class RunningContractAdmin(ContractAdmin):
    form = RunningContractForm

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.user = request.user  # the class is made for this request alone
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Contract | None = None) -> Any:
        first, (heading, credits), *rest = super().get_fieldsets(request, obj)
        if obj is None:
            return (first, (heading, credits), *rest)
        amount, *others = credits["fields"]
        fields = (amount, "takes_effect", "change_reason", *others)
        return (first, (heading, {**credits, "fields": fields}), *rest)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Contract:
        contract = super().save_form(request, form, change)
        if form.change is not None:
            self._report_term_change(request, form.change)
        elif change and "included_credits" in form.changed_data:
            self._report_next_renewal(request, contract)
        return contract

    def _report_term_change(
        self, request: HttpRequest, change: contract_changes.TermChange
    ) -> None:
        term = change.term.starts_on
        used = number_format(change.used)
        if change.used:
            message = ngettext(
                "{} credit of the term from {} had been used and is not taken back.",
                "{} credits of the term from {} had been used and are not taken back.",
                change.used,
            )
            self.message_user(request, format_html(message, used, term), messages.WARNING)
        if change.result is None:
            message = _("Nothing was left to move in the term from {}.")
            self.message_user(request, format_html(message, term))
        elif change.result.pending is not None:
            pending = change.result.pending
            message = _("The contract is changed; its running term waits for a second person: {}.")
            entry_link = link("ledger_approvalrequest_change", pending, pending.pk)
            self.message_user(request, format_html(message, entry_link), messages.WARNING)
        elif change.result.entry is not None:
            entry = change.result.entry
            self.log_addition(request, entry, "Changed what the running term was granted.")
            message = _("Contract credits of the running term: {} ({}). The balance is {} now.")
            entry_link = link("ledger_entry_change", entry, entry.pk)
            moved = numbers.format_signed(entry.contract_delta)
            after = numbers.format_credits(entry.balance_after)
            self.message_user(request, format_html(message, moved, entry_link, after))

    def _report_next_renewal(self, request: HttpRequest, contract: Contract) -> None:
        terms = load_terms(contract.location_id)
        step = terms.next_step(terms.local_day(timezone.now()))
        if step is not None and step.contract is not None and step.contract.pk == contract.pk:
            amount = number_format(contract.included_credits)
            message = ngettext(
                "The running term keeps what it was granted; {} credit comes in on {}.",
                "The running term keeps what it was granted; {} credits come in on {}.",
                contract.included_credits,
            )
            self.message_user(request, format_html(message, amount, step.on), messages.INFO)


replace_admin(Contract, RunningContractAdmin)
