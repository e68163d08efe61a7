"""What staff say when credits come in or are corrected."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.translation import gettext_lazy as _

from ledger.engine.funding import MAX_CREDITS
from ledger.models import Charge, EntryKind
from ledger.requests.approvals import Wanted


class FundingForm(forms.Form):
    """`key` is made when the form is shown and goes with it: a double click books once.

    `wanted` is the entry that it asks for, once it is valid.
    """

    title: ClassVar[Any]
    logged: ClassVar[str]
    shown: ClassVar[tuple[str, ...]]
    named: ClassVar[str]  # in the entry's key
    permission: ClassVar[str]

    key = forms.UUIDField(widget=forms.HiddenInput)

    def filled(self, sent: Any) -> "FundingForm":
        """The same form with what was sent, or fresh."""
        return type(self)(sent, initial={"key": uuid.uuid4()})

    @property
    def key_of_entry(self) -> str:
        return f"staff-{self.named}-{self.cleaned_data['key']}"

    def wanted(self) -> Wanted:
        raise NotImplementedError


class PurchaseForm(FundingForm):
    title = _("Record a purchase")
    logged = "Recorded a purchase."
    named = "purchase"
    permission = "ledger.fund"
    shown = ("credits", "reference", "reason")

    credits = forms.IntegerField(
        label=_("Credits"),
        min_value=1,
        max_value=MAX_CREDITS,
        help_text=_(
            "They pay a debt first and are kept over renewals. A location at −300 that buys "
            "1,000 has 700 purchased credits."
        ),
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=120,
        widget=AdminTextInputWidget,
        help_text=_("The order's or invoice's number, like INV-2026-0417."),
    )
    reason = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=AdminTextInputWidget
    )

    def wanted(self) -> Wanted:
        return Wanted(
            kind=EntryKind.PURCHASE,
            credits=self.cleaned_data["credits"],
            reference=self.cleaned_data["reference"],
            reason=self.cleaned_data["reason"],
        )


class AdjustmentForm(FundingForm):
    title = _("Make an adjustment")
    logged = "Made an adjustment."
    named = "adjustment"
    permission = "ledger.adjust"
    shown = ("credits", "bucket", "reason", "reference")

    credits = forms.IntegerField(
        label=_("Credits"),
        min_value=-MAX_CREDITS,
        max_value=MAX_CREDITS,
        help_text=_("250 adds, −250 takes. A bucket is never taken below zero by hand."),
    )
    bucket = forms.ChoiceField(
        label=_("Bucket"),
        choices=[
            ("purchased", _("Purchased credits, kept over renewals")),
            ("contract", _("Contract credits, what is left lapses at the next renewal")),
        ],
        widget=forms.RadioSelect,
        initial="purchased",
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=AdminTextInputWidget,
        help_text=_("Why, in a sentence the location's manager would understand."),
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=120,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("A ticket's number, say."),
    )

    def wanted(self) -> Wanted:
        return Wanted(
            kind=EntryKind.ADJUSTMENT,
            credits=self.cleaned_data["credits"],
            bucket=self.cleaned_data["bucket"],
            reference=self.cleaned_data["reference"],
            reason=self.cleaned_data["reason"],
        )


class ReasonForm(FundingForm):
    """Where the credits follow from what there is."""

    shown = ("reason", "reference")

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=AdminTextInputWidget,
        help_text=_("Why, in a sentence the location's manager would understand."),
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=120,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("A ticket's number, say."),
    )


class WriteOffForm(ReasonForm):
    title = _("Write off the debt")
    logged = "Wrote off a debt."
    named = "write-off"
    permission = "ledger.write_off"

    def wanted(self) -> Wanted:
        return Wanted(
            kind=EntryKind.WRITE_OFF,
            reference=self.cleaned_data["reference"],
            reason=self.cleaned_data["reason"],
        )


class ReversalForm(ReasonForm):
    """Of a charge, or of one message of it."""

    title = _("Give credits back")
    logged = "Gave credits back."
    named = "reversal"
    permission = "ledger.reverse"

    def __init__(self, *args: Any, charge: Charge, message: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.charge, self.message = charge, message

    def filled(self, sent: Any) -> FundingForm:
        fresh = {"key": uuid.uuid4()}
        return type(self)(sent, initial=fresh, charge=self.charge, message=self.message)

    @property
    def what(self) -> str:
        """In words, for the head of the page."""
        if self.message is not None:
            words = _("Message %(message)s of charge %(charge)s.")
            return words % {"message": self.message.external_id, "charge": self.charge.key}
        return _("What is left of charge %(charge)s.") % {"charge": self.charge.key}

    def wanted(self) -> Wanted:
        return Wanted(
            kind=EntryKind.REVERSAL,
            charge_id=self.charge.pk,
            external_id=self.message.external_id if self.message is not None else "",
            reference=self.cleaned_data["reference"],
            reason=self.cleaned_data["reason"],
        )
