"""Days and instants as each language writes them.

The shapes are named by how English is written, in Django's letters; a language that puts the same
parts otherwise has its own. `15 September 2027` is `15 septembre 2027`, `15 de septiembre de 2027`
and `15 de setembro de 2027`.
"""

import datetime as dt
import re
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language

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
