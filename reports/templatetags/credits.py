"""Figures, days and instants as the pages write them."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from locations.formatting.dates import (
    format_date_range,
    format_instant,
    format_long_date,
    format_short_date,
)
from locations.formatting.numbers import format_credits, format_signed, format_signed_in

register = template.Library()
register.filter("credits", format_credits)
register.filter("signed", format_signed)
register.filter("long_date", format_long_date)
register.filter("short_date", format_short_date)
register.simple_tag(format_date_range, name="date_range")
register.simple_tag(format_instant, name="local_time")


def moved_in(value: int, language: str | None) -> str | SafeString:
    return format_signed_in(value, language) if value else _nothing(language)


@register.filter
def moved(value: int) -> str | SafeString:
    """A signed figure of the daily table; nothing moved is a faint dash, read out as zero."""
    return moved_in(value, get_language())


@lru_cache
def _nothing(language: str | None) -> SafeString:
    return format_html(
        '<span class="nothing" aria-hidden="true">–</span><span class="visually-hidden">{}</span>',
        _("none"),
    )


@register.filter
def taken(value: int) -> str:
    """What a deduction took, for a sum that writes the minus itself."""
    return format_credits(-value)


@register.simple_tag
def share(done: int, total: int) -> str:
    """How far a report is: 64 %, 41,000 of 64,000 rows."""
    return ngettext(
        "%(percent)d %%, %(done)s of %(total)s row",
        "%(percent)d %%, %(done)s of %(total)s rows",
        total,
    ) % {
        "percent": min(100, done * 100 // total),
        "done": format_credits(done),
        "total": format_credits(total),
    }
