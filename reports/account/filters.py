from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reports.account.rows import State


class AccountFilter(django_filters.FilterSet):
    """The state follows from contracts, which are no columns: `read_account` filters by it."""

    q = django_filters.CharFilter(
        label=_("Find a location"),
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=State.choices, empty_label=_("Any")
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return (
            queryset.filter(location__name__icontains=self.name_part)
            if self.name_part
            else queryset
        )

    @property
    def name_part(self) -> str:
        return self.form.cleaned_data.get("q", "")

    @property
    def chosen_state(self) -> State | None:
        state = self.form.cleaned_data.get("state")
        return State(state) if state else None
