import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from reports.tables import ListTable


class AccountTable(ListTable):
    name = tables.Column(verbose_name=_("Location"), attrs={"th": {"class": "name"}})
    available = tables.Column(verbose_name=_("Available"), attrs={"th": {"class": "num available"}})
    used = tables.Column(verbose_name=_("Used in 30 days"), attrs={"th": {"class": "num used"}})
    runs_out = tables.Column(
        accessor="runs_out_key",
        verbose_name=_("Runs out on"),
        attrs={"th": {"class": "day runs-out"}},
    )
    renews = tables.Column(
        accessor="renews_key",
        verbose_name=_("Renews on"),
        attrs={"th": {"class": "day renews"}},
    )
    state = tables.Column(
        accessor="urgency", verbose_name=_("State"), attrs={"th": {"class": "state"}}
    )

    caption = _("The locations of the account, and how each stands")
    anchor = "locations"
    row_template = "reports/account/_location_row.html"
    rows_per_page = 25

    class Meta:
        attrs = {"class": "account"}
        order_by = "name"
