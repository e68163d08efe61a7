from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from ledger.reading.daily_usage import DailyUsage
from reports.tables import ListTable
from reports.usage.filters import DailyFilter


def moved_column(name: str, title: Any, css_class: str = "more") -> tables.Column:
    return tables.Column(
        accessor=f"moved__{name}",
        verbose_name=title,
        attrs={"th": {"class": f"num {css_class} {name}"}},
    )


class DailyTable(ListTable):
    day = tables.Column(verbose_name=_("Day"), attrs={"th": {"class": "day"}})
    additions = moved_column("additions", _("Additions"))
    text = moved_column("text", _("Texts"))
    voice = moved_column("voice", _("Calls"))
    chat = moved_column("chat", _("Chat"))
    other = moved_column("other", _("Lapsed, other"))
    net = moved_column("net", _("Net"), "fits")
    closing = tables.Column(
        verbose_name=_("Closing balance"), attrs={"th": {"class": "num fits closing"}}
    )

    caption = _("Credits that moved on each day, and the balance at its end")
    anchor = "days"
    row_template = "reports/usage/_day_row.html"
    foot_template = "reports/usage/_days_foot.html"
    rows_per_page = 31  # a month fits on one page

    class Meta:
        attrs = {"class": "daily"}
        order_by = "-day"

    def __init__(
        self, usage: DailyUsage, filter_: DailyFilter, *, order: str, page: str = ""
    ) -> None:
        super().__init__(usage.rows, order=order, page=page)
        self.usage = usage
        self.location = filter_.summary.location
        self.foot = filter_.label
        # The year is left out where all days are of the current one.
        years = {row.day.year for row in usage.rows}
        self.day_format = "D j M" if years <= {filter_.summary.today.year} else "D j M Y"
