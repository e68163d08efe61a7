"""Finding a message by its recipient, its number or its external id."""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from ledger.engine.snapshots import read_snapshot
from ledger.models import ChatMessage, InternationalMessage
from reports.history.charge import with_prices
from reports.history.messages import AnyMessage, Reader, Told, price_words

FOUND_PER_PAGE = 25
FEWEST_DIGITS = 3
FEWEST_FIRST_DIGITS = 5
# What was found, of which the one reading tells the page and the count.
PAGE = """
    SELECT "table", pk, count(*) OVER ()
      FROM (%s) AS found (sent_at, "table", pk)
     ORDER BY sent_at DESC, "table" DESC, pk DESC
     LIMIT %%s OFFSET %%s
"""
LOOKS_LIKE_A_NUMBER = re.compile(r"[\s(]*\+?[\d\s()./\-\N{NO-BREAK SPACE}\N{EN DASH}]+")
TRUNK_ZERO = re.compile(r"\(0\)")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, newest first."""

    messages: list[Told]
    count: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // FOUND_PER_PAGE))


class ProfileValues(Func):
    """All values of a recipient's fields, without the fields' names, as JSON."""

    function = "jsonb_path_query_array"
    template = "%(function)s(%(expressions)s, '$.*')::text"
    output_field = TextField()


def find(
    reader: Reader, wanted: str, first_on: dt.date, last_on: dt.date, *, page: int = 1
) -> Found:
    """Messages of the location's days that `wanted` names; three queries.

    A recipient is found by words of their fields, in any order; a number however it is written,
    or by its last digits; an external id by all of it. Who sees numbers masked finds nothing by
    digits but an external id: digit by digit they would come to the number. Reads the index of
    the days once and looks at each message of them.
    """
    days = Q(location=reader.location, day__gte=first_on, day__lte=last_on)
    of_recipient = _of_recipient(wanted, with_digits=not reader.sees_masked)
    named = Q(external_id=wanted.strip())
    phone = None if reader.sees_masked else phone_condition(wanted)
    if phone is not None:
        named |= phone
    chat = ChatMessage.objects.filter(days).filter(named)
    international = (
        InternationalMessage.objects.filter(days)
        .annotate(said=ProfileValues("profile"))
        .filter(named | of_recipient if of_recipient else named)
    )
    every = _keys(international, "international").union(_keys(chat, "chat"), all=True)
    with read_snapshot():
        keys, count = _page_of(every, page)
        if not keys and page > 1:  # an address of a page that is no more: the last one
            count = _page_of(every, 1)[1]
            page = max(1, -(-count // FOUND_PER_PAGE))
            keys, count = _page_of(every, page)
        told = [Told(message, reader, price_words(message)) for message in _messages(keys)]
    return Found(told, count, page)


def _page_of(every: QuerySet[Any, Any], page: int) -> tuple[list[tuple[str, int]], int]:
    """Table and key of each message of a page, newest first, and how many there are in all."""
    sql, values = every.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(PAGE % sql, [*values, FOUND_PER_PAGE, (page - 1) * FOUND_PER_PAGE])
        rows = cursor.fetchall()
    return [(table, pk) for table, pk, _ in rows], rows[0][2] if rows else 0


def _messages(keys: Sequence[tuple[str, int]]) -> list[AnyMessage]:
    """Each message in the order of the keys, with all that explaining it reads."""
    models = {"international": with_prices(InternationalMessage), "chat": with_prices(ChatMessage)}
    found = {
        (table, message.pk): message
        for table, messages in models.items()
        for message in messages.filter(pk__in=[pk for named, pk in keys if named == table])
    }
    return [found[key] for key in keys]


def phone_condition(wanted: str) -> Q | None:
    """How a number as people write it finds a stored one; None where it is no number.

    With its country code (+44 or 0044) it is the beginning of the number, or all of it;
    without, the end (a national number's leading zero is not part of the stored one), or the
    beginning where the plus alone was left out.
    """
    written = TRUNK_ZERO.sub("", unicodedata.normalize("NFKC", wanted).strip())
    if not LOOKS_LIKE_A_NUMBER.fullmatch(written):
        return None
    digits = "".join(str(unicodedata.digit(char)) for char in written if char.isdigit())
    if written.lstrip("( ").startswith("+"):
        beginning = digits
    elif digits.startswith("00"):
        beginning = digits[2:]
    else:
        national = digits.lstrip("0")
        if len(national) < FEWEST_DIGITS:
            return None
        ending = Q(phone__endswith=national)
        # Digits enough to be a country code and more may as well be the beginning.
        begins = digits == national and len(digits) >= FEWEST_FIRST_DIGITS
        return ending | Q(phone__startswith=f"+{digits}") if begins else ending
    return Q(phone__startswith=f"+{beginning}") if len(beginning) >= FEWEST_DIGITS else None


def _of_recipient(wanted: str, *, with_digits: bool) -> Q | None:
    """Every word stands somewhere in the recipient's fields (`said`); None without a word.

    Fields may hold the number too.
    """
    words = [word for word in wanted.split() if any(char.isalnum() for char in word)]
    if not words or (not with_digits and any(char.isnumeric() for char in wanted)):
        return None
    stands = Q()
    for word in words:
        stands &= Q(said__icontains=json.dumps(word, ensure_ascii=False)[1:-1])  # as in JSON
    return stands


def _keys(messages: QuerySet[Any], kind: str) -> QuerySet[Any, Any]:
    table = Cast(Value(kind), TextField())
    return messages.order_by().annotate(table=table).values_list("sent_at", "table", "pk")
