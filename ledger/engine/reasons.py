"""Reasons that the product itself writes into entries, and how people read them.

An entry is never edited, and who reads it may read another language than who caused it. So such a
reason is written in one shape of its own, English and with plain figures, for the API and for
whoever looks at the table; pages and files read it back and say it in the reader's language. A
reason that somebody wrote stays as it was written.
"""

import datetime as dt
import re

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.models import EntryKind
from locations.formatting.dates import format_date

MAX_REQUESTER_LENGTH = 180
CREDIT_REQUEST = re.compile(r"Credit request (\d+) of (.+?)(?:: (.+))?", re.S)
CORRECTION = re.compile(r"Correction request (\d+): (.+)", re.S)
INCLUDED = re.compile(
    r"Included credits of the term from (\d{4}-\d\d-\d\d): ([\d,]+) instead of ([\d,]+)\. (.+)",
    re.S,
)


def credit_request_reason(number: int, requested_by: str, note: str) -> str:
    """Why a purchase was made: who asked for it, and in which words."""
    said = f": {note}" if note else ""
    return f"Credit request {number} of {requested_by}"[:MAX_REQUESTER_LENGTH] + said


def correction_reason(number: int, reason: str) -> str:
    """Why credits were given back: a manager asked for it, and said why."""
    return f"Correction request {number}: {reason}"


def included_change_reason(starts_on: dt.date, *, included: int, granted: int, reason: str) -> str:
    """Why a running term got other contract credits than it was granted."""
    return (
        f"Included credits of the term from {starts_on}: {included:,} instead of {granted:,}."
        f" {reason}"
    )


def describe_reason(kind: str, reason: str) -> str:
    """The reason of an entry of this kind in the reader's language."""
    match kind:
        case EntryKind.PURCHASE if found := CREDIT_REQUEST.fullmatch(reason):
            number, who, note = found.groups()
            said = {"number": number, "who": who, "note": note}
            if note:
                return _("Credit request %(number)s of %(who)s: %(note)s") % said
            return _("Credit request %(number)s of %(who)s") % said
        case EntryKind.REVERSAL if found := CORRECTION.fullmatch(reason):
            number, words = found.groups()
            return _("Correction request %(number)s: %(reason)s") % {
                "number": number,
                "reason": words,
            }
        case EntryKind.ADJUSTMENT if found := INCLUDED.fullmatch(reason):
            starts_on, *figures, words = found.groups()
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
                "reason": words,
            }
    return reason
