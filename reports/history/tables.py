from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from reports.tables import PageTable


class DayTable(PageTable):
    time = tables.Column(verbose_name=_("Time"))
    kind = tables.Column(verbose_name=_("What"))
    contract = tables.Column(verbose_name=_("Contract"), attrs={"th": {"class": "num more"}})
    purchased = tables.Column(verbose_name=_("Purchased"), attrs={"th": {"class": "num more"}})
    credits = tables.Column(verbose_name=_("Credits"), attrs={"th": {"class": "num"}})
    balance = tables.Column(verbose_name=_("Balance"), attrs={"th": {"class": "num"}})

    caption = _(
        "What moved credits on this day, oldest first, with the balance before and after it"
    )
    row_template = "reports/history/_day_row.html"

    class Meta:
        attrs = {"class": "moves"}
        orderable = False

    def __init__(self, rows: Sequence[Any], *, location: Location) -> None:
        super().__init__(rows)
        self.location = location
