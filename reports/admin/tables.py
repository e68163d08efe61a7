import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from locations.admin.tables import StaffTable


class HealthTable(StaffTable):
    name = tables.Column(verbose_name=_("What"))
    state = tables.Column(verbose_name=_("State"))
    text = tables.Column(verbose_name=_("Found"))

    css_class = "health"
    row_template = "admin/reports/_check_row.html"
