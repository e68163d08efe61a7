"""Sentences of the answer: facts set into words that translators see whole."""

import datetime as dt
from math import ceil

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from locations.formatting.dates import format_long_date
from locations.formatting.numbers import format_credits


def say(sentence: str, **facts: object) -> SafeString:
    """A translated sentence with its facts: days in words, figures with their separators."""
    if not facts:
        return SafeString(sentence)
    return format_html(sentence, **{name: _shown(fact) for name, fact in facts.items()})


def kept(purchased: int) -> SafeString:
    return say(
        ngettext(
            "Your {n} purchased credit is kept until you use it.",
            "Your {n} purchased credits are kept until you use them.",
            purchased,
        ),
        n=purchased,
    )


def about(value: float) -> int:
    """A figure as exact as a forecast can be: two digits, below 100 whole tens."""
    return int(round(value, -_zeros(value)))


def about_enough(value: float) -> int:
    """The same, never too little, and at least ten."""
    unit = 10 ** _zeros(value)
    return max(unit, -(-ceil(value) // unit) * unit)


def _zeros(value: float) -> int:
    return max(1, len(str(int(abs(value)))) - 2)


def _shown(fact: object) -> object:
    if isinstance(fact, dt.date):
        return format_long_date(fact)
    return format_credits(fact) if isinstance(fact, int) else fact
