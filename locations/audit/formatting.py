import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model
from django.utils.translation import gettext as _

from locations.formatting.dates import format_date

EMPTY: tuple[Any, ...] = (None, "", [], {})


def format_value(field: "Field[Any, Any]", value: Any, related: Mapping[Any, Model]) -> str:
    """`value` is as JSON stores it; `related` are the objects that a foreign key may refer to."""
    if value in EMPTY:
        return ""
    if isinstance(field, ForeignKey):
        return str(related[value]) if value in related else f"#{value}"
    if isinstance(field, DateField):
        return _format_day_or_instant(value, is_instant=isinstance(field, DateTimeField))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value))


def _format_day_or_instant(text: str, *, is_instant: bool) -> str:
    if not is_instant:
        return format_date(dt.date.fromisoformat(text), "j M Y")
    at = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    return f"{format_date(at, 'j M Y, H:i')} UTC"
