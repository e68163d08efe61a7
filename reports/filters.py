"""What the daily table shows: a range of days and the kinds of movement."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from ledger.daily import DailyUsage, daily_usage
from ledger.models import Entry
from locations.terms import Terms
from reports.forms import DAY_FIELD, check_range
from reports.standing import Standing

KINDS = [
    ("text", _("Texts")),
    ("voice", _("Calls")),
    ("chat", _("Chat")),
    ("additions", _("Additions")),
    ("other", _("Lapsed, other")),
]


class QuickRange(models.TextChoices):
    THIS_TERM = "this-term", _("This term")
    LAST_TERM = "last-term", _("Last term")
    DAYS_30 = "30-days", _("30 days")
    DAYS_90 = "90-days", _("90 days")


def quick_ranges(terms: Terms, today: dt.date) -> dict[QuickRange, tuple[dt.date, dt.date]]:
    """The first and last day of each range that the location has; none ends after today."""
    ranges = {}
    this = terms.term_on(today)
    if this is not None:
        ranges[QuickRange.THIS_TERM] = (this.starts_on, today)
        last = terms.term_on(this.starts_on - dt.timedelta(days=1))
        if last is not None:
            ranges[QuickRange.LAST_TERM] = (last.starts_on, last.ends_on - dt.timedelta(days=1))
    ranges[QuickRange.DAYS_30] = (today - dt.timedelta(days=29), today)
    ranges[QuickRange.DAYS_90] = (today - dt.timedelta(days=89), today)
    return ranges


class DailyFilterForm(forms.Form):
    """`ranges` is set by the filter: what the location's terms allow as a quick range."""

    ranges: Mapping[QuickRange, tuple[dt.date, dt.date]] = {}

    def clean_range(self) -> str:
        chosen = str(self.cleaned_data["range"])
        if chosen and QuickRange(chosen) not in self.ranges:
            raise ValidationError(_("This location has no such term. Choose other days."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        problems = check_range(cleaned.get("first_on"), cleaned.get("last_on"))
        if problems:
            raise ValidationError(problems)
        return cleaned


class DailyFilter(django_filters.FilterSet):
    """Days win over a quick range; with neither it is the last 30 days.

    The rows are sums over entries, so `usage` answers, not the filter's own queryset.
    """

    range = django_filters.ChoiceFilter(choices=QuickRange.choices, label=_("Range"))
    first_on = django_filters.DateFilter(label=_("First day"), **DAY_FIELD)
    last_on = django_filters.DateFilter(label=_("Last day"), **DAY_FIELD)
    kind = django_filters.MultipleChoiceFilter(
        choices=KINDS, label=_("Only days with"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        form = DailyFilterForm

    def __init__(self, data: QueryDict, standing: Standing) -> None:
        super().__init__(data, queryset=Entry.objects.none())
        self.standing = standing
        self.ranges = quick_ranges(standing.terms, standing.today)
        self.is_bound = True  # an address without filters is a choice as well
        self.form.ranges = self.ranges
        if self.form.is_valid():
            # The fields show the days of the table, whichever way they were chosen.
            first_on, last_on = self.days
            shown = {"first_on": first_on, "last_on": last_on}
            self.form.data = MultiValueDict(
                {**dict(data.lists()), **{name: [day] for name, day in shown.items()}}
            )

    @property
    def kinds(self) -> list[str]:
        return list(self.form.cleaned_data.get("kind") or [])

    @property
    def days(self) -> tuple[dt.date | None, dt.date]:
        """First and last day of what is shown; no first day: since the beginning."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        first_on: dt.date | None = chosen.get("first_on")
        last_on: dt.date | None = chosen.get("last_on")
        if last_on is not None:
            return first_on, last_on
        if first_on is not None:
            return first_on, max(first_on, self.standing.today)
        return self.ranges[QuickRange(chosen.get("range") or QuickRange.DAYS_30)]

    @property
    def quick_range(self) -> QuickRange | None:
        """The quick range that these days are, however they were chosen."""
        for name, days in self.ranges.items():
            if days == self.days:
                return name
        return None

    @property
    def reaches_now(self) -> bool:
        """Whether nothing can have happened after the last day."""
        return self.days[1] >= self.standing.today

    def usage(self, read: DailyUsage | None = None) -> DailyUsage:
        """The rows of the table; out of `read`, where that holds its days with all kinds."""
        first_on, last_on = self.days
        # A location that moved west may have entries of its former tomorrow: they belong to
        # a table that goes on to this moment, or its last line would not be the balance.
        end = None if self.reaches_now else last_on
        if read is not None:
            return read.part(first_on, end, self.kinds)
        return daily_usage(self.standing.location, first_on, end, self.kinds)
