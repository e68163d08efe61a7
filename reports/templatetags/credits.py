"""Figures, days and instants as the pages write them."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from locations.formatting.dates import days, in_words, instant, short
from locations.formatting.numbers import credits, signed, signed_in

register = template.Library()
register.filter(credits)
register.filter(signed)
register.filter(in_words)
register.filter(short)
register.simple_tag(days)
register.simple_tag(instant)


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
