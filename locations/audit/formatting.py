"""Kept values of the trail as a person reads them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model
from django.utils.translation import gettext as _

from locations.formatting.dates import format_date

EMPTY: tuple[Any, ...] = (None, "", [], {})


def in_words(one: "Field[Any, Any]", value: Any, known: Mapping[Any, Model]) -> str:
    """A field's value as JSON keeps it; `known` are the objects that a foreign key may name."""
    if value in EMPTY:
        return ""
    if isinstance(one, ForeignKey):
        return str(known[value]) if value in known else f"#{value}"
    if isinstance(one, DateField):
        return _day(value, has_time=isinstance(one, DateTimeField))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(one.flatchoices).get(value, value))


def _day(kept: str, *, has_time: bool) -> str:
    """An instant is said in UTC, as the whole trail is."""
    if not has_time:
        return format_date(dt.date.fromisoformat(kept), "j M Y")
    return f"{format_date(dt.datetime.fromisoformat(kept).astimezone(dt.UTC), 'j M Y, H:i')} UTC"
