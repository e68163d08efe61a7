"""What staff say when credits come in or are corrected."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.translation import gettext_lazy as _

from ledger import funding
from ledger.funding import MOST_CREDITS, Posted
from locations.models import User


class FundingForm(forms.Form):
    """`key` is made when the form is shown and goes with it: a double click books once.

    Each kind has a `post` that writes the entry; it raises LedgerError.
    """

    title: ClassVar[Any]
    logged: ClassVar[str]
    shown: ClassVar[tuple[str, ...]]

    key = forms.UUIDField(widget=forms.HiddenInput)

    @staticmethod
    def fresh() -> dict[str, Any]:
        return {"key": uuid.uuid4()}


class PurchaseForm(FundingForm):
    title = _("Record a purchase")
    logged = "Recorded a purchase."
    shown = ("credits", "reference", "reason")

    credits = forms.IntegerField(
        min_value=1,
        max_value=MOST_CREDITS,
        help_text=_(
            "They pay a debt first and are kept over renewals. A location at −300 that buys "
            "1,000 has 700 purchased credits."
        ),
    )
    reference = forms.CharField(
        max_length=120,
        widget=AdminTextInputWidget,
        help_text=_("The order's or invoice's number, like INV-2026-0417."),
    )
    reason = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=AdminTextInputWidget
    )

    def post(self, location_id: int, *, at: dt.datetime, made_by: User) -> Posted:
        return funding.purchase(
            location_id,
            self.cleaned_data["credits"],
            key=f"staff-purchase-{self.cleaned_data['key']}",
            at=at,
            reference=self.cleaned_data["reference"],
            reason=self.cleaned_data["reason"],
            made_by=made_by,
        )


class AdjustmentForm(FundingForm):
    title = _("Make an adjustment")
    logged = "Made an adjustment."
    shown = ("credits", "bucket", "reason", "reference")

    credits = forms.IntegerField(
        min_value=-MOST_CREDITS,
        max_value=MOST_CREDITS,
        help_text=_("250 adds, −250 takes. A bucket is never taken below zero by hand."),
    )
    bucket = forms.ChoiceField(
        choices=[
            ("purchased", "Purchased credits, kept over renewals"),
            ("contract", "Contract credits, what is left lapses at the next renewal"),
        ],
        widget=forms.RadioSelect,
        initial="purchased",
    )
    reason = forms.CharField(
        max_length=500,
        widget=AdminTextInputWidget,
        help_text=_("Why, in a sentence the location's manager would understand."),
    )
    reference = forms.CharField(
        max_length=120,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("A ticket's number, say."),
    )

    def post(self, location_id: int, *, at: dt.datetime, made_by: User) -> Posted:
        return funding.adjust(
            location_id,
            self.cleaned_data["credits"],
            bucket=self.cleaned_data["bucket"],
            key=f"staff-adjustment-{self.cleaned_data['key']}",
            at=at,
            reason=self.cleaned_data["reason"],
            reference=self.cleaned_data["reference"],
            made_by=made_by,
        )
