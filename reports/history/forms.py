"""The forms on the way down to a message: a search, a correction."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ledger.models.corrections import MAX_REASON_LENGTH
from reports.form_fields import DAY_FIELD, check_range

SEARCHED_DAYS = 90
LONGEST_SEARCH = 120


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=MAX_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


# By whether numbers may be looked for.
WANTED = {
    True: _("Recipient, phone number or external id"),
    False: _("Recipient or external id"),
}


class SearchForm(forms.Form):
    """What is looked for is personal: it is posted, never part of an address."""

    wanted = forms.CharField(
        label=WANTED[True],
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    first_on = forms.DateField(label=_("First day"), **DAY_FIELD)
    last_on = forms.DateField(label=_("Last day"), **DAY_FIELD)

    def __init__(self, *args: Any, by_number: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_number = by_number
        self.fields["wanted"].label = WANTED[by_number]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        problems = check_range(cleaned.get("first_on"), cleaned.get("last_on"))
        if problems:
            raise ValidationError(problems)
        return cleaned

    @staticmethod
    def last_days(today: dt.date) -> dict[str, dt.date]:
        """What is searched where nobody says otherwise."""
        return {"first_on": today - dt.timedelta(days=SEARCHED_DAYS - 1), "last_on": today}
