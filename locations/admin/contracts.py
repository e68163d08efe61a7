"""Contracts, entered and amended through `locations.contracts`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from locations.admin.base import GuardedAdmin
from locations.contracts import amendments
from locations.models import Contract

TERMS = (
    "starts_on",
    "ends_on",
    "term_months",
    "included_credits",
    "overdraft_limit",
    "rate_card_series",
    "debt_at_renewal",
    "reference",
)


class ContractForm(forms.ModelForm):
    """Validate by saving and rolling back, so that every refusal is shown at its field."""

    gap_confirmed = forms.BooleanField(
        required=False,
        label=_("Days without a contract are meant"),
        help_text=_(
            "To be ticked where days lie between this contract and its neighbour: when the first "
            "one ends, what is left lapses, and nothing is granted until the next one starts."
        ),
    )

    class Meta:
        model = Contract
        fields = ("location", *TERMS)
        help_texts = {
            "starts_on": _(
                "First day, in the location's time zone. It may lie ahead: an open "
                "contract before it ends on that day, and this one takes over. Terms that have "
                "begun already are granted at once."
            ),
            "included_credits": _(
                "Granted at the start of each term; what is left of them lapses "
                "at the next. On a running contract a change takes effect at its next renewal."
            ),
            "overdraft_limit": _(
                "How far below zero outbound messages may take the balance. "
                "With 500 and 20 credits left, a broadcast of 520 goes and one of 521 is refused."
            ),
            "term_months": _(
                "Months from one renewal to the next: 12 from 29 February 2024 "
                "renews on 28 February 2025, and on 29 February again in 2028."
            ),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            with transaction.atomic():
                self.write()
                transaction.set_rollback(True)
        except amendments.ContractRefused as error:
            by_field = error.message_dict if hasattr(error, "error_dict") else {}
            for field, sentences in by_field.items():
                self.add_error(field if field in self.fields else None, sentences)
            if not by_field:
                self.add_error(None, error.messages)
        else:
            self._check_gaps()
        return cleaned

    def _check_gaps(self) -> None:
        # A gap is legal but mostly a mistake: it has to be confirmed.
        dates = {"starts_on", "ends_on"} & set(self.changed_data)
        if self.cleaned_data.get("gap_confirmed") or not dates:
            return
        contract = Contract(pk=self.instance.pk, location_id=self.instance.location_id)
        if contract.pk is None:
            contract.location = self.cleaned_data["location"]
        contract.starts_on = self.cleaned_data["starts_on"]
        contract.ends_on = self.cleaned_data["ends_on"]
        for gap in amendments.find_gaps(contract):
            message = ngettext(
                "No contract holds from %(starts_on)s until %(ends_on)s, %(days)s day: move the "
                "dates together, or tick this.",
                "No contract holds from %(starts_on)s until %(ends_on)s, %(days)s days: move the "
                "dates together, or tick this.",
                gap.days,
            )
            values = {"starts_on": gap.starts_on, "ends_on": gap.ends_on, "days": gap.days}
            self.add_error("gap_confirmed", message % values)

    def write(self) -> Contract:
        """Raises ContractRefused."""
        terms = {name: self.cleaned_data[name] for name in TERMS}
        if self.instance.pk is None:
            return amendments.enter_contract(self.cleaned_data["location"], **terms)
        return amendments.amend_contract(self.amended(), self.changed_terms)

    @property
    def changed_terms(self) -> list[str]:
        return [name for name in self.changed_data if name in TERMS]

    def amended(self) -> Contract:
        """The contract with the form's values, not saved."""
        contract = Contract.objects.select_related("location").get(pk=self.instance.pk)
        for name in self.changed_terms:
            setattr(contract, name, self.cleaned_data[name])
        return contract

    def _get_validation_exclusions(self) -> set[str]:
        # Django would check the exclusion constraint before the open contract has been ended;
        # `clean` checks it by saving.
        return super()._get_validation_exclusions() | {"location"}  # type: ignore[misc]


@admin.register(Contract)
class ContractAdmin(GuardedAdmin):
    form = ContractForm
    list_display = (
        "location",
        "starts_on",
        "ends_on",
        "term_months",
        "included_credits",
        "overdraft_limit",
        "rate_card_series",
        "reference",
    )
    list_filter = ("rate_card_series", "debt_at_renewal", ("ends_on", admin.EmptyFieldListFilter))
    list_select_related = ("location", "rate_card_series")
    search_fields = ("location__name", "location__account__name", "reference")
    date_hierarchy = "starts_on"
    autocomplete_fields = ("location", "rate_card_series")
    fieldsets = (
        (None, {"fields": ("location", ("starts_on", "ends_on"), "gap_confirmed", "term_months")}),
        (_("Credits"), {"fields": ("included_credits", "overdraft_limit", "debt_at_renewal")}),
        (_("Prices and paper"), {"fields": ("rate_card_series", "reference")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Contract | None = None) -> Any:
        return ("location",) if obj else ()

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Contract:
        # Saved here: the rest of the admin needs its id.
        before = None if change else amendments.find_superseded(form.instance)
        contract: Contract = form.write()
        if before is not None:
            message = _("The contract from %(starts_on)s ends on %(starts_on2)s.")
            days = {"starts_on": before.starts_on, "starts_on2": contract.starts_on}
            self.message_user(request, message % days, messages.INFO)
        form.save_m2m = lambda: None
        return contract

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saved in `save_form`."""
