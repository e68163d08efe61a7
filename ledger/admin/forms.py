"""Forms for entries that staff post by hand."""

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.translation import gettext_lazy as _

from ledger.engine.funding import MAX_CREDITS
from ledger.models import Charge, EntryKind
from ledger.requests.approvals import ManualEntry


class ManualEntryForm(forms.Form):
    """`key` is made with the form, so that a double click posts one entry."""

    title: ClassVar[Any]
    log_message: ClassVar[str]
    visible: ClassVar[tuple[str, ...]]
    kind: ClassVar[EntryKind]
    permission: ClassVar[str]

    key = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def entry_key(self) -> str:
        return f"staff-{self.kind.value.replace('_', '-')}-{self.cleaned_data['key']}"

    def manual_entry(self) -> ManualEntry:
        values = {name: self.cleaned_data[name] for name in self.visible}
        return ManualEntry(kind=self.kind, **values)


class PurchaseForm(ManualEntryForm):
    title = _("Record a purchase")
    log_message = "Recorded a purchase."
    kind = EntryKind.PURCHASE
    permission = "ledger.fund"
    visible = ("credits", "reference", "reason")

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


class ReasonForm(ManualEntryForm):
    visible: ClassVar[tuple[str, ...]] = ("reason", "reference")

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


class AdjustmentForm(ReasonForm):
    title = _("Make an adjustment")
    log_message = "Made an adjustment."
    kind = EntryKind.ADJUSTMENT
    permission = "ledger.adjust"
    visible = ("credits", "bucket", "reason", "reference")

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


class WriteOffForm(ReasonForm):
    title = _("Write off the debt")
    log_message = "Wrote off a debt."
    kind = EntryKind.WRITE_OFF
    permission = "ledger.write_off"


class ReversalForm(ReasonForm):
    title = _("Give credits back")
    log_message = "Gave credits back."
    kind = EntryKind.REVERSAL
    permission = "ledger.reverse"

    def __init__(self, *args: Any, charge: Charge, message: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.charge, self.message = charge, message

    @property
    def subject(self) -> str:
        if self.message is not None:
            text = _("Message %(message)s of charge %(charge)s.")
            return text % {"message": self.message.external_id, "charge": self.charge.key}
        return _("What is left of charge %(charge)s.") % {"charge": self.charge.key}

    def manual_entry(self) -> ManualEntry:
        external_id = self.message.external_id if self.message is not None else ""
        return replace(super().manual_entry(), charge_id=self.charge.pk, external_id=external_id)
