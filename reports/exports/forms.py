"""Forms of the reports block, and what a range of days must be."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from locations.models import User
from reports.models import Every, ReportFormat, ReportKind

EARLIEST_ON = dt.date(2000, 1, 1)
LATEST_ON = dt.date(2199, 12, 31)
LONGEST_YEARS = 10


class DayInput(forms.DateInput):
    """The browser's own date field; it speaks ISO whatever the page's language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(
            format="%Y-%m-%d", attrs={"min": EARLIEST_ON.isoformat(), "max": LATEST_ON.isoformat()}
        )


DAY_FIELD: dict[str, Any] = {
    "widget": DayInput,
    "input_formats": ["%Y-%m-%d"],
    "error_messages": {"invalid": _("Write a date like 2026-10-31.")},
}


class MonthInput(forms.DateInput):
    """The browser's own month field; one that has none takes 2026-10."""

    input_type = "month"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m", attrs={"min": "2000-01", "max": "2199-12", "size": 8})


MONTH_FIELD: dict[str, Any] = {
    "widget": MonthInput,
    "input_formats": ["%Y-%m"],
    "error_messages": {"invalid": _("Write a month like 2026-10.")},
}


def check_range(first_on: dt.date | None, last_on: dt.date | None) -> dict[str, Any]:
    """What is wrong with a range of days, by field; empty if nothing is."""
    problems: dict[str, Any] = {}
    for name, day in (("first_on", first_on), ("last_on", last_on)):
        if day is not None and not EARLIEST_ON <= day <= LATEST_ON:
            problems[name] = _("Choose a day between 2000 and 2199.")
    if not problems and first_on and last_on:
        if last_on < first_on:
            problems["last_on"] = _("The last day is before the first: swap them.")
        elif last_on.year - first_on.year > LONGEST_YEARS or (
            last_on.year - first_on.year == LONGEST_YEARS
            and (last_on.month, last_on.day) >= (first_on.month, first_on.day)
        ):
            problems["last_on"] = _("That is more than ten years: choose fewer.")
    return problems


def last_days(today: dt.date) -> dict[str, dt.date]:
    """The range that is offered where none has been chosen."""
    return {"first_on": today - dt.timedelta(days=29), "last_on": today}


class ReportForm(forms.Form):
    """Which workbook, of which days."""

    kind = forms.ChoiceField(label=_("Report"), choices=ReportKind.choices)
    format = forms.ChoiceField(
        label=_("As"),
        choices=ReportFormat.choices,
        required=False,  # whoever does not say gets a workbook
        initial=ReportFormat.XLSX,
    )
    first_on = forms.DateField(label=_("First day"), **DAY_FIELD)
    last_on = forms.DateField(label=_("Last day"), **DAY_FIELD)

    announce = forms.BooleanField(label=_("Mail me a link when it is ready"), required=False)

    def clean_format(self) -> str:
        return self.cleaned_data["format"] or ReportFormat.XLSX

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        problems = check_range(cleaned.get("first_on"), cleaned.get("last_on"))
        if problems:
            raise ValidationError(problems)
        return cleaned


class ScheduleForm(forms.Form):
    """Which report of every week or month, and who gets the link."""

    kind = forms.ChoiceField(label=_("Report"), choices=ReportKind.choices)
    format = forms.ChoiceField(label=_("As"), choices=ReportFormat.choices)
    every = forms.ChoiceField(label=_("How often"), choices=Every.choices, initial=Every.MONTH)
    recipients = forms.ModelMultipleChoiceField(
        label=_("Mail the link to"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )

    def __init__(self, *args: Any, readers: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["recipients"].queryset = readers  # type: ignore[attr-defined]


class ChooserForm(forms.Form):
    """What to look for among many locations."""

    q = forms.CharField(
        label=_("Find a location"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
