"""Reasons that the product writes into entries.

They are stored in English in a fixed form, which pages and files parse and translate.
"""

import datetime as dt
import re

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.models import EntryKind
from locations.formatting.dates import format_date

MAX_HEADING_LENGTH = 180
CREDIT_REQUEST = re.compile(r"Credit request (\d+) of (.+?)(?:: (.+))?", re.S)
CORRECTION = re.compile(r"Correction request (\d+): (.+)", re.S)
INCLUDED = re.compile(
    r"Included credits of the term from (\d{4}-\d\d-\d\d): ([\d,]+) instead of ([\d,]+)\. (.+)",
    re.S,
)


def credit_request_reason(number: int, requested_by: str, note: str) -> str:
    reason = f"Credit request {number} of {requested_by}"[:MAX_HEADING_LENGTH]
    return f"{reason}: {note}" if note else reason


def correction_reason(number: int, reason: str) -> str:
    return f"Correction request {number}: {reason}"


def included_change_reason(starts_on: dt.date, *, included: int, granted: int, reason: str) -> str:
    return (
        f"Included credits of the term from {starts_on}: {included:,} instead of {granted:,}."
        f" {reason}"
    )


def describe_reason(kind: str, reason: str) -> str:
    match kind:
        case EntryKind.PURCHASE if match := CREDIT_REQUEST.fullmatch(reason):
            number, who, note = match.groups()
            params = {"number": number, "who": who, "note": note}
            if note:
                return _("Credit request %(number)s of %(who)s: %(note)s") % params
            return _("Credit request %(number)s of %(who)s") % params
        case EntryKind.REVERSAL if match := CORRECTION.fullmatch(reason):
            number, text = match.groups()
            return _("Correction request %(number)s: %(reason)s") % {
                "number": number,
                "reason": text,
            }
        case EntryKind.ADJUSTMENT if match := INCLUDED.fullmatch(reason):
            starts_on, *figures, text = match.groups()
            included, granted = (int(figure.replace(",", "")) for figure in figures)
            return ngettext(
                "Term from %(day)s: %(included)s included credit instead of %(granted)s."
                " %(reason)s",
                "Term from %(day)s: %(included)s included credits instead of %(granted)s."
                " %(reason)s",
                included,
            ) % {
                "day": format_date(dt.date.fromisoformat(starts_on)),
                "included": number_format(included),
                "granted": number_format(granted),
                "reason": text,
            }
    return reason
