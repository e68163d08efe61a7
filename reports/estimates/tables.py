from collections.abc import Sequence

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from locations.models import Channel
from reports.estimates.invalid_numbers import InvalidNumber
from reports.estimates.results import Figures
from reports.tables import PageTable

LEFT = {"th": {"class": "left"}}
NUM = {"th": {"class": "num"}}


class DestinationTable(PageTable):
    country = tables.Column(verbose_name=_("Country"))
    carrier_type = tables.Column(verbose_name=_("Line"), attrs=LEFT)
    messages = tables.Column(verbose_name=_("Texts"), attrs=NUM)
    credits = tables.Column(verbose_name=_("Credits"), attrs=NUM)

    row_template = "reports/estimates/_destination_row.html"
    foot_template = "reports/estimates/_destinations_foot.html"

    class Meta:
        attrs = {"class": "where"}
        orderable = False

    def __init__(self, figures: Figures) -> None:
        super().__init__(figures.destinations)
        self.figures = figures
        if figures.channel == Channel.VOICE:
            self.columns["messages"].column.verbose_name = _("Calls")


class InvalidNumberTable(PageTable):
    line = tables.Column(verbose_name=_("Line"))
    written = tables.Column(verbose_name=_("What is there"), attrs=LEFT)
    reason = tables.Column(verbose_name=_("Why not"), attrs=LEFT)

    row_template = "reports/estimates/_invalid_number_row.html"

    class Meta:
        attrs = {"class": "where"}
        orderable = False

    def __init__(self, numbers: Sequence[InvalidNumber], *, with_lines: bool) -> None:
        super().__init__(numbers, exclude=() if with_lines else ("line",))
        self.with_lines = with_lines
