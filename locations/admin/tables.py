from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.contrib import admin
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locations.audit.log import AuditEntry
from locations.rate_cards.comparison import PriceChange


class StaffTable(tables.Table):
    """Drawn by `admin/table.html`, which includes `row_template` for each row."""

    caption: str | Promise = ""
    css_class = "figures listed"
    container_class = ""
    row_template: str

    def __init__(self, rows: Sequence[Any], **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"class": self.css_class})
        super().__init__(rows, orderable=False, template_name="admin/table.html", **kwargs)


class TextColumn(tables.Column):
    """Left-aligned in tables of figures."""

    attrs = {"th": {"class": "words"}}


def _object_url(record: AuditEntry) -> str | None:
    """The admin page of the changed object, if it has one."""
    model: Any = record.model._meta.concrete_model
    if record.object_id is None or model not in admin.site._registry:
        return None
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return reverse(name, args=[record.object_id])


class AuditLogTable(StaffTable):
    at = tables.Column(verbose_name=_("When (UTC)"))
    by = tables.Column(verbose_name=_("Who"))
    name = tables.Column(verbose_name=_("What"), linkify=_object_url, empty_values=())
    changes = tables.Column(verbose_name=_("Values"))

    container_class = "results"
    row_template = "admin/locations/change/_row.html"

    def __init__(self, entries: Sequence[AuditEntry]) -> None:
        super().__init__(entries, attrs={"id": "result_list", "class": "audit-log"})


class PriceChangeTable(StaffTable):
    kind = tables.Column(verbose_name=_("What"))
    destination = TextColumn(_("Destination"))
    old = tables.Column(verbose_name=_("Now"))
    new = tables.Column(verbose_name=_("Then"))
    percent = tables.Column(verbose_name=_("Change"))

    caption = _("What changes, row by row")
    css_class = "figures changes"
    container_class = "wide"
    row_template = "admin/locations/ratecard/_change_row.html"

    def __init__(self, changes: Sequence[PriceChange]) -> None:
        super().__init__(changes, empty_text=_("No row."))


class UploadColumnTable(StaffTable):
    field = tables.Column(verbose_name=_("Column"))
    samples = TextColumn(_("Its first values"))
    role = TextColumn(_("Means"))

    caption = _("The columns of the file")
    css_class = "figures columns"
    container_class = "wide"
    row_template = "admin/locations/ratecardupload/_column_row.html"
