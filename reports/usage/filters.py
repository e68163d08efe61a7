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
from locations.models import Location
from reports.balance.summary import LocationBalanceSummary
from reports.chart.chart import Chart, draw_chart
from reports.form_fields import DAY_FIELD, EARLIEST_ON, MONTH_FIELD, DayRangeForm, check_range

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
    CUSTOM = "custom", _("Custom")


def quick_ranges(terms: Terms, today: dt.date) -> dict[QuickRange, tuple[dt.date, dt.date]]:
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
    """The calendar month of a day; the current one ends today."""
    first_on = day.replace(day=1)
    last_on = add_months(first_on, 1) - dt.timedelta(days=1)
    return first_on, min(last_on, today) if first_on <= today else last_on


class LocationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Find a location"),
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        method="filter_by_name",
    )

    def filter_by_name(
        self, queryset: models.QuerySet[Location], name: str, value: str
    ) -> models.QuerySet[Location]:
        return queryset.filter(
            models.Q(name__icontains=value) | models.Q(account__name__icontains=value)
        )


class DailyFilterForm(DayRangeForm):
    """`ranges` is set by the filter: the quick ranges of the location."""

    ranges: Mapping[QuickRange, tuple[dt.date, dt.date]] = {}

    def clean_range(self) -> str:
        name = str(self.cleaned_data["range"])
        if name and QuickRange(name) not in {*self.ranges, QuickRange.CUSTOM}:
            raise ValidationError(_("This location has no such term. Choose other days."))
        return name

    def clean_month(self) -> dt.date | None:
        month: dt.date | None = self.cleaned_data["month"]
        if problem := check_range(month, None).get("first_on"):
            raise ValidationError(problem)
        return month


class DailyFilter(django_filters.FilterSet):
    """Days take precedence over a month, a month over a quick range; the default is 30 days."""

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
        self.is_bound = True  # also without any parameters
        self.form.ranges = self.ranges
        if self.form.is_valid():
            # The fields display the days of the table, however they were chosen.
            first_on, last_on = self.days
            self.form.data = MultiValueDict(
                {**dict(data.lists()), "first_on": [first_on], "last_on": [last_on]}
            )

    @property
    def kinds(self) -> list[str]:
        return list(self.form.cleaned_data.get("kind") or [])

    @property
    def kind_names(self) -> list[str]:
        return [str(name) for kind, name in KINDS if kind in self.kinds]

    @property
    def is_open(self) -> bool:
        return not self.form.is_valid() or self.form.cleaned_data["range"] == QuickRange.CUSTOM

    @property
    def with_quiet_days(self) -> bool:
        return self.data.get("quiet") == "1"

    @property
    def is_cumulative(self) -> bool:
        return self.data.get("chart") == "cumulative"

    @cached_property
    def days(self) -> tuple[dt.date | None, dt.date]:
        """The first day is None where the range goes back to the beginning."""
        cleaned = self._cleaned
        first_on: dt.date | None = cleaned.get("first_on")
        last_on: dt.date | None = cleaned.get("last_on")
        if last_on is not None:
            return first_on, last_on
        if first_on is not None:
            return first_on, max(first_on, self.summary.today)
        if cleaned.get("month"):
            return month_days(cleaned["month"], self.summary.today)
        name = cleaned.get("range") or QuickRange.DAYS_30
        return self.ranges.get(QuickRange(name), self.ranges[QuickRange.DAYS_30])

    @property
    def _cleaned(self) -> dict[str, Any]:
        return self.form.cleaned_data if self.form.is_valid() else {}

    @cached_property
    def quick_range(self) -> QuickRange | None:
        cleaned = self._cleaned
        if not cleaned.get("first_on") and not cleaned.get("last_on"):
            if cleaned.get("month"):
                return QuickRange.MONTH
            if cleaned.get("range") in self.ranges:
                return QuickRange(cleaned["range"])
        if cleaned.get("range") == QuickRange.CUSTOM:
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
        if self.month_on:
            return format_date(self.month_on, "F Y")
        return str(self.quick_range.label) if self.quick_range else gettext("Total")

    @property
    def until_on(self) -> dt.date:
        return min(self.days[1], self.summary.today)

    @property
    def includes_today(self) -> bool:
        return self.days[1] >= self.summary.today

    def usage(self, read: DailyUsage | None = None) -> DailyUsage:
        """The rows of the table; a part of `read`, if it has these days with all kinds."""
        first_on, last_on = self.days
        # A location that moved west may have entries on days after today. A table that ends
        # today has to include them, or its closing balance would not be the balance.
        end = None if self.includes_today else last_on
        usage = (
            daily_usage(self.summary.location, first_on, end, self.kinds)
            if read is None
            else read.part(first_on, end, self.kinds)
        )
        return usage.with_quiet_days(self.until_on) if self.with_quiet_days else usage

    def chart(self, usage: DailyUsage) -> Chart | None:
        contracts = self.summary.terms.contracts
        return draw_chart(
            usage,
            until=self.until_on,
            kinds=self.kinds,
            cumulative=self.is_cumulative,
            contract_began_on=contracts[0].starts_on if contracts else None,
        )
