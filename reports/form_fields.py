import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EARLIEST_ON = dt.date(2000, 1, 1)
LATEST_ON = dt.date(2199, 12, 31)
MAX_YEARS = 10


class DayInput(forms.DateInput):
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
    """A month input; browsers without one show a text field for 2026-10."""

    input_type = "month"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m", attrs={"min": "2000-01", "max": "2199-12", "size": 8})


MONTH_FIELD: dict[str, Any] = {
    "widget": MonthInput,
    "input_formats": ["%Y-%m"],
    "error_messages": {"invalid": _("Write a month like 2026-10.")},
}


def check_range(first_on: dt.date | None, last_on: dt.date | None) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    for name, day in (("first_on", first_on), ("last_on", last_on)):
        if day is not None and not EARLIEST_ON <= day <= LATEST_ON:
            errors[name] = _("Choose a day between 2000 and 2199.")
    if not errors and first_on and last_on:
        if last_on < first_on:
            errors["last_on"] = _("The last day is before the first: swap them.")
        elif last_on.year - first_on.year > MAX_YEARS or (
            last_on.year - first_on.year == MAX_YEARS
            and (last_on.month, last_on.day) >= (first_on.month, first_on.day)
        ):
            errors["last_on"] = _("That is more than ten years: choose fewer.")
    return errors


class DayRangeForm(forms.Form):
    """A form with the fields `first_on` and `last_on`."""

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if errors := check_range(cleaned.get("first_on"), cleaned.get("last_on")):
            raise ValidationError(errors)
        return cleaned


def last_days(today: dt.date) -> dict[str, dt.date]:
    return {"first_on": today - dt.timedelta(days=29), "last_on": today}
