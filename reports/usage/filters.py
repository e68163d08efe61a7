"""What the daily table shows: a range of days and the kinds of movement."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models import Entry
from ledger.reading.daily_usage import DailyUsage, daily_usage
from locations.calendar import add_months
from locations.contracts.terms import Terms
from locations.formatting.dates import format_date
from reports.balance.summary import LocationBalanceSummary
from reports.chart.chart import Chart, draw
from reports.form_fields import DAY_FIELD, EARLIEST_ON, MONTH_FIELD, check_range

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
    DAYS_7 = "7-days", _("7 days")
    DAYS_30 = "30-days", _("30 days")
    DAYS_90 = "90-days", _("90 days")
    MONTH = "month", _("Month")
    CUSTOM = "custom", _("Custom")  # opens the fields of the first and the last day


def quick_ranges(terms: Terms, today: dt.date) -> dict[QuickRange, tuple[dt.date, dt.date]]:
    """The first and last day of each range that the location has; none ends after today."""
    ranges = {}
    this = terms.term_on(today)
    if this is not None:
        ranges[QuickRange.THIS_TERM] = (this.starts_on, today)
        last = terms.term_on(this.starts_on - dt.timedelta(days=1))
        if last is not None:
            ranges[QuickRange.LAST_TERM] = (last.starts_on, last.ends_on - dt.timedelta(days=1))
    for name, days in ((QuickRange.DAYS_7, 7), (QuickRange.DAYS_30, 30), (QuickRange.DAYS_90, 90)):
        ranges[name] = (today - dt.timedelta(days=days - 1), today)
    ranges[QuickRange.MONTH] = month_days(today, today)
    return ranges


def month_days(day: dt.date, today: dt.date) -> tuple[dt.date, dt.date]:
    """The calendar month of a day; the running one ends today."""
    first_on = day.replace(day=1)
    last_on = add_months(first_on, 1) - dt.timedelta(days=1)
    return first_on, min(last_on, today) if first_on <= today else last_on


class DailyFilterForm(forms.Form):
    """`ranges` is set by the filter: what the location's terms allow as a quick range."""

    ranges: Mapping[QuickRange, tuple[dt.date, dt.date]] = {}

    def clean_range(self) -> str:
        chosen = str(self.cleaned_data["range"])
        if chosen and QuickRange(chosen) not in {*self.ranges, QuickRange.CUSTOM}:
            raise ValidationError(_("This location has no such term. Choose other days."))
        return chosen

    def clean_month(self) -> dt.date | None:
        month: dt.date | None = self.cleaned_data["month"]
        if problem := check_range(month, None).get("first_on"):
            raise ValidationError(problem)
        return month

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        problems = check_range(cleaned.get("first_on"), cleaned.get("last_on"))
        if problems:
            raise ValidationError(problems)
        return cleaned


class DailyFilter(django_filters.FilterSet):
    """Days win over a month, a month over a quick range; with none it is the last 30 days.

    The rows are sums over entries, so `usage` answers, not the filter's own queryset.
    """

    range = django_filters.ChoiceFilter(choices=QuickRange.choices, label=_("Range"))
    first_on = django_filters.DateFilter(label=_("First day"), **DAY_FIELD)
    last_on = django_filters.DateFilter(label=_("Last day"), **DAY_FIELD)
    month = django_filters.DateFilter(label=_("Month"), **MONTH_FIELD)
    kind = django_filters.MultipleChoiceFilter(
        choices=KINDS, label=_("Only days with"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        form = DailyFilterForm

    def __init__(self, data: QueryDict, summary: LocationBalanceSummary) -> None:
        super().__init__(data, queryset=Entry.objects.none())
        self.summary = summary
        self.ranges = quick_ranges(summary.terms, summary.today)
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
    def kind_names(self) -> list[str]:
        """The chosen kinds in the order of the table's columns."""
        return [str(name) for kind, name in KINDS if kind in self.kinds]

    @property
    def is_open(self) -> bool:
        """Whether the fields are to be seen at once: asked for, or to be corrected."""
        return not self.form.is_valid() or self.form.cleaned_data["range"] == QuickRange.CUSTOM

    @property
    def with_quiet_days(self) -> bool:
        """Whether days on which nothing moved are asked for as well."""
        return self.data.get("quiet") == "1"

    @property
    def is_cumulative(self) -> bool:
        """Whether the chart adds up."""
        return self.data.get("chart") == "cumulative"

    @cached_property
    def days(self) -> tuple[dt.date | None, dt.date]:
        """First and last day of what is shown; no first day: since the beginning."""
        chosen = self._chosen
        first_on: dt.date | None = chosen.get("first_on")
        last_on: dt.date | None = chosen.get("last_on")
        if last_on is not None:
            return first_on, last_on
        if first_on is not None:
            return first_on, max(first_on, self.summary.today)
        if chosen.get("month"):
            return month_days(chosen["month"], self.summary.today)
        name = chosen.get("range") or QuickRange.DAYS_30
        return self.ranges.get(QuickRange(name), self.ranges[QuickRange.DAYS_30])

    @property
    def _chosen(self) -> dict[str, Any]:
        return self.form.cleaned_data if self.form.is_valid() else {}

    @cached_property
    def quick_range(self) -> QuickRange | None:
        """The quick range that these days are, however they were chosen."""
        chosen = self._chosen
        if not chosen.get("first_on") and not chosen.get("last_on"):
            if chosen.get("month"):
                return QuickRange.MONTH
            if chosen.get("range") in self.ranges:
                return QuickRange(chosen["range"])
        if chosen.get("range") == QuickRange.CUSTOM:
            return None
        for name, days in self.ranges.items():
            if days == self.days:
                return name
        return QuickRange.MONTH if self._is_a_month else None

    @property
    def _is_a_month(self) -> bool:
        first_on, last_on = self.days
        return first_on is not None and (first_on, last_on) == month_days(
            first_on, self.summary.today
        )

    @property
    def month_on(self) -> dt.date | None:
        """The first day of the month that is shown; None where it is no calendar month."""
        return self.days[0] if self.quick_range == QuickRange.MONTH else None

    @property
    def month_before(self) -> dt.date | None:
        before = self.month_on and add_months(self.month_on, -1)
        return before if before and before >= EARLIEST_ON else None

    @property
    def month_after(self) -> dt.date | None:
        after = self.month_on and add_months(self.month_on, 1)
        return after if after and after <= self.summary.today else None

    @property
    def label(self) -> str:
        """What the sum of these days is called."""
        if self.month_on:
            return format_date(self.month_on, "F Y")
        return str(self.quick_range.label) if self.quick_range else gettext("Total")

    @property
    def until_on(self) -> dt.date:
        """The last day of which anything can be said: not a coming one."""
        return min(self.days[1], self.summary.today)

    @property
    def reaches_now(self) -> bool:
        """Whether nothing can have happened after the last day."""
        return self.days[1] >= self.summary.today

    def usage(self, read: DailyUsage | None = None) -> DailyUsage:
        """The rows of the table; out of `read`, where that holds its days with all kinds."""
        first_on, last_on = self.days
        # A location that moved west may have entries of its former tomorrow: they belong to
        # a table that goes on to this moment, or its last line would not be the balance.
        end = None if self.reaches_now else last_on
        usage = (
            daily_usage(self.summary.location, first_on, end, self.kinds)
            if read is None
            else read.part(first_on, end, self.kinds)
        )
        return usage.with_quiet_days(self.until_on) if self.with_quiet_days else usage

    def chart(self, usage: DailyUsage) -> Chart | None:
        """The chart of the same days; None while there is nothing to draw."""
        contracts = self.summary.terms.contracts
        return draw(
            usage,
            until=self.until_on,
            kinds=self.kinds,
            cumulative=self.is_cumulative,
            contract_began_on=contracts[0].starts_on if contracts else None,
        )
