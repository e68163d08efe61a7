import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import phonenumbers
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException

from ledger.engine.charge_requests import MAX_MESSAGES

MAX_PRINTED = 40
MB = 1024 * 1024

BREAK = re.compile(r"\r\n|\r|\n")
SEPARATOR = re.compile(r"[,;\t|]")
# Spaces and signs that people and programs put between digits; some cannot be seen.
FORMATTING = re.compile(
    r"[\s().\-/·_‐-―−\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+"
)
# The 0 that is dialled inside the country only; Italians dial theirs from everywhere.
TRUNK_ZERO = re.compile(r"(?<=\d)[\s.\-]*\(0\)")
INTERNATIONAL = re.compile(r"\+[0-9]{1,31}")
DIGITS = re.compile(r"[0-9]{5,20}")
NORTH_AMERICAN_EXIT = "011"


class Fault(models.TextChoices):
    NO_NUMBER = "no_number", _("No phone number")
    NO_COUNTRY_CODE = "no_country_code", _("No country code: write it like +44 7400 123456")


class TooManyNumbers(Exception):
    """The list has more numbers than its limits allow."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Maximum sizes; a workbook of a few kilobytes may unpack to gigabytes."""

    numbers: int
    file_bytes: int
    unpacked_bytes: int

    @property
    def lines(self) -> int:
        return 2 * self.numbers + 1


# As many as one broadcast takes; unpacked some 30,000 rows of ten columns.
SCREEN_LIMITS = Limits(numbers=MAX_MESSAGES, file_bytes=5 * MB, unpacked_bytes=24 * MB)


def worker_limits() -> Limits:
    return Limits(numbers=settings.ESTIMATE_MAX_NUMBERS, file_bytes=20 * MB, unpacked_bytes=64 * MB)


OnProgress = Callable[[int], None]  # called with the number of lines done


def ignore_progress(lines: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Number:
    line: int
    phone: str


@dataclass(frozen=True, slots=True)
class UnreadNumber:
    """A line without a valid number; `written` is cut short."""

    line: int
    written: str
    fault: Fault


@dataclass(slots=True)
class NumberList:
    """The numbers; `column` is the heading used, of these `headings`."""

    numbers: list[Number] = field(default_factory=list)
    unread: list[UnreadNumber] = field(default_factory=list)
    column: str = ""
    headings: list[str] = field(default_factory=list)

    @property
    def repeated(self) -> int:
        return len(self.numbers) - len({number.phone for number in self.numbers})


def parse_pasted(
    text: str,
    *,
    without_plus: bool = False,
    limits: Limits = SCREEN_LIMITS,
    on_progress: OnProgress = ignore_progress,
) -> NumberList:
    """Text without digits beside a number, a name, is ignored. Raises TooManyNumbers."""
    return _parse_pieces(_pieces(text), without_plus, limits, on_progress)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    for line, written in enumerate(BREAK.split(text), start=1):
        pieces = [piece for piece in SEPARATOR.split(written) if piece.strip()]
        with_digits = [piece for piece in pieces if any(map(str.isdigit, piece))]
        for piece in with_digits or pieces:
            yield line, piece


def _parse_pieces(
    pieces: Iterable[tuple[int, str]], without_plus: bool, limits: Limits, on_progress: OnProgress
) -> NumberList:
    numbers = NumberList()
    for line, written in pieces:
        on_progress(line)
        phone = e164(written, without_plus=without_plus)
        if isinstance(phone, Fault):
            numbers.unread.append(UnreadNumber(line, printable(written), phone))
        else:
            numbers.numbers.append(Number(line, phone))
        if len(numbers.numbers) > limits.numbers or len(numbers.unread) >= limits.lines:
            raise TooManyNumbers
    return numbers


def parse_column(
    rows: Iterable[tuple[int, list[str]]],
    index: int,
    *,
    without_plus: bool = False,
    limits: Limits = SCREEN_LIMITS,
    on_progress: OnProgress = ignore_progress,
) -> NumberList:
    """A cell may hold several numbers; empty ones are ignored. Raises TooManyNumbers."""
    cells = ((line, row[index]) for line, row in rows if index < len(row))
    pieces = (
        (line, piece) for line, cell in cells for piece in SEPARATOR.split(cell) if piece.strip()
    )
    return _parse_pieces(pieces, without_plus, limits, on_progress)


def e164(written: str, *, without_plus: bool = False) -> str | Fault:
    """+ and digits, or why it is no number. `without_plus`: it begins with its country code."""
    text = written.strip()
    if not text.isascii():
        text = "".join(_ascii_digit(sign) for sign in unicodedata.normalize("NFKC", text))
    text = text.removeprefix("tel:").strip("'\"` ")
    if "(0)" in text and "39" not in text[:5]:
        text = TRUNK_ZERO.sub("", text)
    text = FORMATTING.sub("", text)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if INTERNATIONAL.fullmatch(text):
        return text
    if not DIGITS.fullmatch(text):
        return Fault.NO_NUMBER
    if text.startswith(NORTH_AMERICAN_EXIT) and _is_valid(f"+{text[3:]}"):
        return f"+{text[3:]}"
    if without_plus and not text.startswith("0"):
        return f"+{text}"
    return Fault.NO_COUNTRY_CODE


def _ascii_digit(sign: str) -> str:
    return str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() else sign


def _is_valid(phone: str) -> bool:
    """011 is the North American exit code only where the US is domestic."""
    if "US" not in settings.DOMESTIC_REGIONS:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(phone))
    except NumberParseException:
        return False


def printable(written: str) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in written.strip())
    return text if len(text) <= MAX_PRINTED else f"{text[:MAX_PRINTED]}…"
