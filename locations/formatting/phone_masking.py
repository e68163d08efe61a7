"""Phone numbers for those whose role sees them masked: +44 7••• ••3 456."""

import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

DOT = "\N{BULLET}"
SHOWN_LAST = 4  # digits, of a number that is long enough
HIDDEN_AT_LEAST = 4
TELLING = 7  # this many last digits in common make another text the same number

NOT_DIGITS = re.compile(r"\D")


def mask(phone: str) -> str:
    """The country code, one digit and the last four; what is no such number shows less."""
    digits = NOT_DIGITS.sub("", phone)
    code = _country_code(digits) if phone.startswith("+") else ""
    national = digits[len(code) :]
    last = max(0, min(SHOWN_LAST, len(national) - 1 - HIDDEN_AT_LEAST))
    first = 1 if last else 0
    hidden = len(national) - first - last
    masked = national[:first] + DOT * hidden + national[len(national) - last :]
    return " ".join([*([f"+{code}"] if code else []), *_grouped(masked)])


def mask_within(text: str | None, phone: str) -> str | None:
    """A field of the recipient's, masked where it holds the same number, however written."""
    if not text:
        return text
    tail = NOT_DIGITS.sub("", phone)[-TELLING:]
    if len(tail) < TELLING or tail not in NOT_DIGITS.sub("", text):
        return text
    return mask(phone)


def _country_code(digits: str) -> str:
    for length in (1, 2, 3):
        if digits[:length].isdigit() and int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE:
            return digits[:length]
    return ""


def _grouped(text: str) -> list[str]:
    """In threes from the end, with up to four at the start."""
    groups: list[str] = []
    while len(text) > 4:
        groups.insert(0, text[-3:])
        text = text[:-3]
    return [group for group in (text, *groups) if group]
