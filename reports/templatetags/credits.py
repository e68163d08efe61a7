from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from locations.formatting.countries import country_name
from locations.formatting.dates import (
    format_date_range,
    format_instant,
    format_long_date,
    format_short_date,
)
from locations.formatting.numbers import format_credits, format_signed
from locations.models import CarrierType

register = template.Library()
register.filter("credits", format_credits)
register.filter("country_name", country_name)
register.filter("signed", format_signed)
register.filter("long_date", format_long_date)
register.filter("short_date", format_short_date)
register.simple_tag(format_date_range, name="date_range")
register.simple_tag(format_instant, name="local_time")


@register.filter
def carrier_label(carrier_type: str) -> str:
    return str(CarrierType(carrier_type).label)


@register.filter
def signed_or_dash(value: int) -> str | SafeString:
    """A faint dash for 0, which screen readers read as "none"."""
    return format_signed(value) if value else _dash(get_language())


@lru_cache
def _dash(language: str | None) -> SafeString:
    return format_html(
        '<span class="nothing" aria-hidden="true">–</span><span class="visually-hidden">{}</span>',
        _("none"),
    )


@register.filter
def negated(value: int) -> str:
    return format_credits(-value)


@register.simple_tag
def row_progress(done: int, total: int) -> str:
    return ngettext(
        "%(percent)d %%, %(done)s of %(total)s row",
        "%(percent)d %%, %(done)s of %(total)s rows",
        total,
    ) % {
        "percent": min(100, done * 100 // total),
        "done": format_credits(done),
        "total": format_credits(total),
    }
