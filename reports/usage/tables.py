"""The daily table."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableListData
from django_tables2.utils import OrderBy

from ledger.reading.daily_usage import DailyUsage, Day
from locations.formatting.dates import format_date
from reports.tables import head

ROWS_PER_PAGE = 31  # a month fits on one


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the page that is shown, and where its lines are: the refused ones too."""

    day: Day
    words: str
    address: str


def moved_column(name: str, title: Any, css_class: str = "more") -> tables.Column:
    return tables.Column(
        accessor=f"moved__{name}", verbose_name=title, attrs=head(f"num {css_class} {name}")
    )


class Days(TableListData):
    """The rows of the table, in any order: each key of a sort is one that a day has itself."""

    def order_by(self, aliases: Iterable[str]) -> None:
        for alias in reversed([*map(OrderBy, aliases)]):
            accessor = str(self.table.columns[alias.bare].accessor)
            self.data.sort(key=attrgetter(accessor.replace("__", ".")), reverse=alias.is_descending)


class DailyTable(tables.Table):
    """One row a day, newest first unless asked otherwise.

    Its cells are written by the template's own tags: columns that render theirs one by one took
    half of the page's time.
    """

    day = tables.Column(verbose_name=_("Day"), attrs=head("day"))
    additions = moved_column("additions", _("Additions"))
    text = moved_column("text", _("Texts"))
    voice = moved_column("voice", _("Calls"))
    chat = moved_column("chat", _("Chat"))
    other = moved_column("other", _("Lapsed, other"))
    net = moved_column("net", _("Net"), "fits")
    closing = tables.Column(verbose_name=_("Closing balance"), attrs=head("num fits closing"))

    caption = _("Credits that moved on each day, and the balance at its end")

    class Meta:
        attrs = {"class": "daily"}

    def __init__(
        self,
        usage: DailyUsage,
        *,
        location_id: int,
        today: dt.date,
        foot: str,
        order: str,
        page: str = "",
    ) -> None:
        self.usage = usage
        self.location_id = location_id
        self.foot = foot
        # The year is said where it is not plainly this one.
        years = {row.day.year for row in usage.rows}
        self.day_format = "D j M" if years <= {today.year} else "D j M Y"
        known = order.removeprefix("-") in self.base_columns
        super().__init__(Days(list(usage.rows)), order_by=order if known else "-day")
        self.paginate(per_page=ROWS_PER_PAGE)
        self.page = self.paginator.get_page(page)  # whatever the address says is a page of it

    @property
    def shown_rows(self) -> Iterator[Row]:
        """The rows of this page."""
        # Looking an address up takes longer than writing the rest of its row.
        some_day = dt.date.max
        address = reverse("usage-day", args=[self.location_id, some_day])
        for row in self.paginated_rows:
            day: Day = row.record
            its_own = address.replace(str(some_day), str(day.day))
            yield Row(day, format_date(day.day, self.day_format), its_own)

    @property
    def ordered(self) -> list[Day]:
        """The rows of all pages, in the order of the table."""
        return [row.record for row in self.rows]
