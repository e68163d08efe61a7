import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.models.corrections import MAX_REASON_LENGTH
from reports.form_fields import DAY_FIELD, DayRangeForm

SEARCH_DAYS = 90
MAX_QUERY_LENGTH = 120


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=MAX_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SearchForm(DayRangeForm):
    """Posted: a query may be personal data, which no URL should contain."""

    query = forms.CharField(
        label=_("Recipient, phone number or external id"),
        max_length=MAX_QUERY_LENGTH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    first_on = forms.DateField(label=_("First day"), **DAY_FIELD)
    last_on = forms.DateField(label=_("Last day"), **DAY_FIELD)

    def __init__(self, *args: Any, by_number: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_number = by_number
        if not by_number:
            self.fields["query"].label = _("Recipient or external id")

    @staticmethod
    def last_days(today: dt.date) -> dict[str, dt.date]:
        return {"first_on": today - dt.timedelta(days=SEARCH_DAYS - 1), "last_on": today}
