from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language

MINUS = "\N{MINUS SIGN}"


def format_credits(value: int) -> str:
    return format_credits_in(value, get_language())


def format_signed(value: int) -> str:
    return format_signed_in(value, get_language())


# A page formats several hundred numbers, many of them equal; it looks up the language once.
@lru_cache(maxsize=20_000)
def format_credits_in(value: int, language: str | None) -> str:
    text = str(number_format(abs(value), force_grouping=True))
    return f"{MINUS}{text}" if value < 0 else text


def format_signed_in(value: int, language: str | None) -> str:
    text = format_credits_in(value, language)
    return f"+{text}" if value > 0 else text
