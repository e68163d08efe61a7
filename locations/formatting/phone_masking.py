import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

DOT = "\N{BULLET}"
VISIBLE_LAST_DIGITS = 4  # fewer of a short number
MIN_HIDDEN_DIGITS = 4
MATCHING_LAST_DIGITS = 7  # texts that share them hold the same number

NOT_DIGITS = re.compile(r"\D")


def mask_phone(phone: str) -> str:
    """Keep the country code, the first digit and the last four; less of an invalid number."""
    digits = NOT_DIGITS.sub("", phone)
    code = _country_code(digits) if phone.startswith("+") else ""
    national = digits[len(code) :]
    last = max(0, min(VISIBLE_LAST_DIGITS, len(national) - 1 - MIN_HIDDEN_DIGITS))
    first = 1 if last else 0
    hidden = len(national) - first - last
    masked = national[:first] + DOT * hidden + national[len(national) - last :]
    return " ".join([*([f"+{code}"] if code else []), *_group_digits(masked)])


def mask_phone_within(text: str | None, phone: str) -> str | None:
    if not text:
        return text
    tail = NOT_DIGITS.sub("", phone)[-MATCHING_LAST_DIGITS:]
    if len(tail) < MATCHING_LAST_DIGITS or tail not in NOT_DIGITS.sub("", text):
        return text
    return mask_phone(phone)


def _country_code(digits: str) -> str:
    for length in (1, 2, 3):
        if digits[:length].isdigit() and int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE:
            return digits[:length]
    return ""


def _group_digits(text: str) -> list[str]:
    groups: list[str] = []
    while len(text) > 4:
        groups.insert(0, text[-3:])
        text = text[:-3]
    return [group for group in (text, *groups) if group]
