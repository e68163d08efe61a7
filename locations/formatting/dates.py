"""Formats are named by the English one; other languages may order their parts differently."""

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locations.formatting.numbers import MINUS

OF = r"\d\e"
FORMATS_WITH_OF = {
    "j F Y": rf"j {OF} F {OF} Y",
    "j F": rf"j {OF} F",
    "F Y": rf"F {OF} Y",
    "l j F Y": rf"l, j {OF} F {OF} Y",
    "l j F": rf"l, j {OF} F",
    "D j M": "D, j M",
    "D j M Y": "D, j M Y",
}
FORMATS = {"es": FORMATS_WITH_OF, "pt-br": FORMATS_WITH_OF}
# Months and weekdays are lower case in these; Django's catalogues capitalise some.
LOWER_CASE = {"fr", "es", "pt-br"}
# Django cuts French months after three letters, which makes "jui" of June; "mar" is Tuesday too.
FRENCH_MONTHS = {"jui": "juin", "jul": "juil", "aoû": "août", "mar": "mars"}
FRENCH_MONTH = re.compile(r"\b(?:jui|jul|aoû|(?<=\d )mar|^mar(?= \d{4}))\b")


def format_date(day: dt.date, pattern: str = "j F Y") -> str:
    language = get_language() or "en"
    # Equal instants of different zones would share a cache entry.
    if isinstance(day, dt.datetime):
        return _format_date(day, pattern, language)
    return _cached_format_date(day, pattern, language)


def format_long_date(day: dt.date) -> str:
    return format_date(day, "j F Y")


def format_short_date(day: dt.date) -> str:
    return format_date(day, "j M Y")


def format_date_range(first_on: dt.date | None, last_on: dt.date) -> str:
    if first_on is None:
        return _("until %(day)s") % {"day": format_short_date(last_on)}
    if first_on == last_on:
        return format_short_date(first_on)
    start = format_date(first_on, "j M" if first_on.year == last_on.year else "j M Y")
    return f"{start} – {format_short_date(last_on)}"


def format_instant(at: dt.datetime, zone: ZoneInfo) -> str:
    """22 Nov 2026, 14:05 CST"""
    local = at.astimezone(zone)
    name = local.strftime("%Z")
    if name.startswith(("+", "-")):  # a zone without an abbreviation
        name = f"UTC{name.replace('-', MINUS)}"
    return f"{format_date(local, 'j M Y, H:i')} {name}"


def _format_date(day: dt.date, pattern: str, language: str) -> str:
    text = date_format(day, FORMATS.get(language, {}).get(pattern, pattern))
    if language in LOWER_CASE:
        text = text.lower()
    if language == "fr":
        text = FRENCH_MONTH.sub(lambda month: FRENCH_MONTHS[month[0]], text)
        if day.day == 1:  # an ordinal in French: 1er septembre 2027
            text = " ".join("1er" if part == "1" else part for part in text.split(" "))
    return text


# Charts and tables format the same hundred days on every request.
_cached_format_date = lru_cache(maxsize=10_000)(_format_date)
