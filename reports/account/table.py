"""The page of an account: its locations filtered, sorted and paged."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from django_tables2.data import TableListData
from django_tables2.utils import OrderBy

from ledger.engine.snapshots import one_moment
from locations.models import Account
from reports.account.rows import Line, State, foresee, lines_of, read_days, renew_due, stand
from reports.forecast.daily_rates import keep
from reports.tables import head

LINES_PER_PAGE = 25
# Orders for which the contracts of every location are looked at, or its days.
BY_CONTRACT = ("renews", "state")
BY_DAYS = ("used", "runs_out")

STATES = {
    State.OVERDRAWN: gettext_lazy("Overdrawn"),
    State.OUT: gettext_lazy("None left"),
    State.LOW: gettext_lazy("Low"),
    State.NO_CREDITS: gettext_lazy("No credits yet"),
    State.FINE: gettext_lazy("Enough"),
}


class AccountFilter(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Find a location"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Any")),
            *((state.value, name) for state, name in STATES.items()),
        ],
    )


class Lines(TableListData):
    """Lines, sorted by plain keys: tables2's own comparing took most of the page's time."""

    def order_by(self, aliases: Sequence[str]) -> None:
        for alias in aliases:
            column = OrderBy(alias).bare
            accessor = str(self.table.base_columns[column].accessor or column)
            self.data.sort(key=attrgetter(accessor), reverse=alias.startswith("-"))


class AccountTable(tables.Table):
    """Its cells are written by its template."""

    name = tables.Column(verbose_name=gettext_lazy("Location"), attrs=head("name"))
    available = tables.Column(verbose_name=gettext_lazy("Available"), attrs=head("num available"))
    used = tables.Column(verbose_name=gettext_lazy("Used in 30 days"), attrs=head("num used"))
    runs_out = tables.Column(
        accessor="runs_out_key",
        verbose_name=gettext_lazy("Runs out on"),
        attrs=head("day runs-out"),
    )
    renews = tables.Column(
        accessor="renews_key", verbose_name=gettext_lazy("Renews on"), attrs=head("day renews")
    )
    state = tables.Column(
        accessor="urgency", verbose_name=gettext_lazy("State"), attrs=head("state")
    )

    caption = gettext_lazy("The locations of the account, and how each stands")

    class Meta:
        attrs = {"class": "account"}

    def __init__(self, lines: Lines, *, order: str, page: str) -> None:
        super().__init__(lines, order_by=order)
        self.paginator = Paginator(self.rows, LINES_PER_PAGE)
        self.page = self.paginator.get_page(page)  # whatever the address says is a page of it

    @property
    def shown(self) -> list[Line]:
        """The rows of this page."""
        return [row.record for row in self.page.object_list]

    @property
    def ordered(self) -> list[Line]:
        """The rows of all pages, in the order of the table."""
        return [row.record for row in self.rows]


@dataclass(frozen=True, slots=True)
class AccountUsage:
    account: Account
    form: AccountFilter
    name: str
    state: State | None
    table: AccountTable
    at: dt.datetime

    @property
    def is_filtered(self) -> bool:
        return self.form.is_bound and any(self.form.data.get(name) for name in ("q", "state"))

    @property
    def count(self) -> int:
        return len(self.table.data)


def read_account(
    account: Account, asked: QueryDict, *, whole: bool = False, at: dt.datetime
) -> AccountUsage:
    """The table that an address asks for; `whole` reads the days of all its rows."""
    form = AccountFilter(asked)
    # A state that there is none of filters nothing, and the form says so.
    form.is_valid()
    name = form.cleaned_data.get("q", "").strip()
    wanted = form.cleaned_data.get("state", "")
    state = State(wanted) if wanted else None
    order = asked.get("sort", "")
    sorted_by = order.removeprefix("-")
    if sorted_by not in AccountTable.base_columns:
        order = sorted_by = "name"
    renew_due(account, at=at)
    with one_moment():
        lines = lines_of(account, name=name, at=at)
        # Of all of them only what the order and the state ask for; the rest of those shown.
        if whole or state or sorted_by in BY_CONTRACT:
            stand(lines)
        if state:
            lines = [line for line in lines if line.state == state]
        if all_days := whole or sorted_by in BY_DAYS:
            made = read_days(lines)
        if whole or sorted_by == "runs_out":
            foresee(lines)
        table = AccountTable(Lines(lines), order=order, page=asked.get("page", ""))
        shown = table.shown
        stand(shown)
        if not all_days:
            made = read_days(shown)
        foresee(shown)
    if made:
        keep(made)
    return AccountUsage(account, form, name, state, table, at)
