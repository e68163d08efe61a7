import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ledger.models import Bundle
from ledger.models.bundles import MAX_CREDITS, MAX_NOTE_LENGTH
from ledger.requests.credit_requests import MAX_REFERENCE_LENGTH

OTHER = "other"


class CreditRequestForm(forms.Form):
    """A bundle or a number of credits; `form_key` makes a double submit one request."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    credits = forms.IntegerField(
        label=_("Number of credits"),
        required=False,
        min_value=1,
        max_value=MAX_CREDITS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
    )
    reference = forms.CharField(
        label=_("Your reference: an order number or cost centre"),
        max_length=MAX_REFERENCE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("A note to RedFlag, if you like"),
        max_length=MAX_NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, bundles: Sequence[Bundle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bundles = bundles
        self.fields["choice"] = forms.ChoiceField(
            label=_("How many"),
            choices=[*((str(each.pk), each.name) for each in bundles), (OTHER, "")],
            widget=forms.RadioSelect,
        )

    @staticmethod
    def get_initial(bundles: Sequence[Bundle], credits: str = "") -> dict[str, Any]:
        if not (credits.isascii() and credits.isdigit() and len(credits) < 10):
            credits = ""
        choice = OTHER if credits or not bundles else str(bundles[0].pk)
        return {"form_key": uuid.uuid4(), "credits": credits, "choice": choice}

    @property
    def selected_choice(self) -> str:
        return str(self["choice"].value() or "")

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        other = cleaned.get("choice") == OTHER
        if other and cleaned.get("credits") is None and "credits" not in self.errors:
            raise ValidationError({"credits": _("Say how many credits, or choose a bundle.")})
        return cleaned

    def get_amount(self) -> dict[str, int]:
        choice = self.cleaned_data["choice"]
        if choice == OTHER:
            return {"credits": self.cleaned_data["credits"]}
        return {"bundle_id": int(choice)}
