"""Days and instants as each language writes them.

The shapes are named by how English is written, in Django's letters; a language that puts the same
parts otherwise has its own. `15 September 2027` is `15 septembre 2027`, `15 de septiembre de 2027`
and `15 de setembro de 2027`.
"""

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locations.formatting.numbers import MINUS

OF = r"\d\e"
LINKED = {
    "j F Y": rf"j {OF} F {OF} Y",
    "j F": rf"j {OF} F",
    "F Y": rf"F {OF} Y",
    "l j F Y": rf"l, j {OF} F {OF} Y",
    "l j F": rf"l, j {OF} F",
    "D j M": "D, j M",
    "D j M Y": "D, j M Y",
}
SHAPES = {"es": LINKED, "pt-br": LINKED}
# Months and weekdays are no proper names there, whatever Django's catalogue says.
SMALL = {"fr", "es", "pt-br"}
# Django cuts French months after three letters, which makes "jui" of June; "mar" is Tuesday too.
FRENCH_MONTHS = {"jui": "juin", "jul": "juil", "aoû": "août", "mar": "mars"}
FRENCH_MONTH = re.compile(r"\b(?:jui|jul|aoû|(?<=\d )mar|^mar(?= \d{4}))\b")


def written(day: dt.date, shape: str = "j F Y") -> str:
    """The day, or the instant in the zone that it carries, in the reader's language."""
    language = get_language() or "en"
    # An instant may equal one of another zone, whose clock says something else.
    return (_written if isinstance(day, dt.datetime) else _known)(day, shape, language)


def in_words(day: dt.date) -> str:
    """A day in a sentence: 15 September 2027."""
    return written(day, "j F Y")


def short(day: dt.date) -> str:
    """A day in small print: 22 Nov 2026."""
    return written(day, "j M Y")


def days(first_on: dt.date | None, last_on: dt.date) -> str:
    """A range in small print: 24 Oct – 22 Nov 2026."""
    if first_on is None:
        return _("until %(day)s") % {"day": short(last_on)}
    if first_on == last_on:
        return short(first_on)
    start = written(first_on, "j M" if first_on.year == last_on.year else "j M Y")
    return f"{start} – {short(last_on)}"


def instant(at: dt.datetime, zone: ZoneInfo) -> str:
    """An instant as the location's clock showed it: 22 Nov 2026, 14:05 CST."""
    local = at.astimezone(zone)
    name = local.strftime("%Z")
    if name.startswith(("+", "-")):  # a zone without letters of its own
        name = f"UTC{name.replace('-', MINUS)}"
    return f"{written(local, 'j M Y, H:i')} {name}"


def _written(day: dt.date, shape: str, language: str) -> str:
    words = date_format(day, SHAPES.get(language, {}).get(shape, shape))
    if language in SMALL:
        words = words.lower()
    if language == "fr":
        words = FRENCH_MONTH.sub(lambda month: FRENCH_MONTHS[month[0]], words)
        words = _first(words) if day.day == 1 else words
    return words


# A chart and a table write the same hundred days with every visit.
_known = lru_cache(maxsize=10_000)(_written)


def _first(words: str) -> str:
    """In French the first of a month is an ordinal: 1er septembre 2027."""
    return " ".join("1er" if word == "1" else word for word in words.split(" "))
