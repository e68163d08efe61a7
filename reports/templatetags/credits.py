"""Figures, days and instants as the pages write them."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from locations.formatting.dates import written
from locations.formatting.numbers import MINUS, credits, signed, signed_in

register = template.Library()
register.filter(credits)
register.filter(signed)


def moved_in(value: int, language: str | None) -> str | SafeString:
    return signed_in(value, language) if value else _nothing(language)


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
    return credits(-value)


@register.simple_tag
def share(done: int, total: int) -> str:
    """How far a report is: 64 %, 41,000 of 64,000 rows."""
    return ngettext(
        "%(percent)d %%, %(done)s of %(total)s row",
        "%(percent)d %%, %(done)s of %(total)s rows",
        total,
    ) % {
        "percent": min(100, done * 100 // total),
        "done": credits(done),
        "total": credits(total),
    }


@register.filter
def in_words(day: dt.date) -> str:
    """A day in a sentence: 15 September 2027."""
    return written(day, "j F Y")


@register.filter
def short(day: dt.date) -> str:
    """A day in small print: 22 Nov 2026."""
    return written(day, "j M Y")


@register.simple_tag
def days(first_on: dt.date | None, last_on: dt.date) -> str:
    """A range in small print: 24 Oct – 22 Nov 2026."""
    if first_on is None:
        return _("until %(day)s") % {"day": short(last_on)}
    if first_on == last_on:
        return short(first_on)
    start = written(first_on, "j M" if first_on.year == last_on.year else "j M Y")
    return f"{start} – {short(last_on)}"


@register.simple_tag
def instant(at: dt.datetime, zone: ZoneInfo) -> str:
    """An instant as the location's clock showed it: 22 Nov 2026, 14:05 CST."""
    local = at.astimezone(zone)
    name = local.strftime("%Z")
    if name.startswith(("+", "-")):  # a zone without letters of its own
        name = f"UTC{name.replace('-', MINUS)}"
    return f"{written(local, 'j M Y, H:i')} {name}"
