"""Form fields for days and months, and what a range of days must be."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
