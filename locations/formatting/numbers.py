"""Credits as people read them, on pages, in mails and at the staff desk."""

from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language

MINUS = "\N{MINUS SIGN}"


def credits(value: int) -> str:
    """9,775, and below zero with a true minus sign."""
    return credits_in(value, get_language())


def signed(value: int) -> str:
    """With the sign of its direction: +2,500, −42, and plain 0."""
    return signed_in(value, get_language())


# A page writes several hundred figures, many of them again and again.
@lru_cache(maxsize=20_000)
def credits_in(value: int, language: str | None) -> str:
    """As `credits`, in a language that the caller has looked up once for many figures."""
    figure = str(number_format(abs(value), force_grouping=True))
    return f"{MINUS}{figure}" if value < 0 else figure


def signed_in(value: int, language: str | None) -> str:
    figure = credits_in(value, language)
    return f"+{figure}" if value > 0 else figure
