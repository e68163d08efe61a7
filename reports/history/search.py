import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from ledger.engine.snapshots import read_snapshot
from ledger.models import ChatMessage, InternationalMessage
from reports.history.charge import with_prices
from reports.history.messages import AnyMessage, MessageRow, MessageViewer, explain_price

RESULTS_PER_PAGE = 25
MIN_DIGITS = 3
MIN_PREFIX_DIGITS = 5
# A page of the matches, and how many there are, in one read.
PAGE = """
    SELECT "table", pk, count(*) OVER ()
      FROM (%s) AS matches (sent_at, "table", pk)
     ORDER BY sent_at DESC, "table" DESC, pk DESC
     LIMIT %%s OFFSET %%s
"""
PHONE_NUMBER = re.compile(r"[\s(]*\+?[\d\s()./\-\N{NO-BREAK SPACE}\N{EN DASH}]+")
TRUNK_ZERO = re.compile(r"\(0\)")


@dataclass(frozen=True, slots=True)
class SearchResults:
    rows: list[MessageRow]
    page: Page

    @property
    def count(self) -> int:
        return self.page.paginator.count


class ProfileValues(Func):
    """The values of a recipient's fields, without their names, as JSON."""

    function = "jsonb_path_query_array"
    template = "%(function)s(%(expressions)s, '$.*')::text"
    output_field = TextField()


def search_messages(
    viewer: MessageViewer, query: str, first_on: dt.date, last_on: dt.date, *, page: int = 1
) -> SearchResults:
    """Match words of a recipient in any order, a number or its last digits, or an external id.

    Who sees masked numbers cannot search by digits, or could find out the number. Three queries.
    """
    days = Q(location=viewer.location, day__gte=first_on, day__lte=last_on)
    recipient = _recipient_condition(query, with_digits=not viewer.sees_masked)
    condition = Q(external_id=query.strip())
    phone = None if viewer.sees_masked else phone_condition(query)
    if phone is not None:
        condition |= phone
    chat = ChatMessage.objects.filter(days).filter(condition)
    international = (
        InternationalMessage.objects.filter(days)
        .annotate(profile_values=ProfileValues("profile"))
        .filter(condition | recipient if recipient else condition)
    )
    matches = _keys(international, "international").union(_keys(chat, "chat"), all=True)
    with read_snapshot():
        keys, count = _read_page(matches, page)
        if not keys and page > 1:  # the page no longer exists: the last one
            count = _read_page(matches, 1)[1]
            page = max(1, -(-count // RESULTS_PER_PAGE))
            keys, count = _read_page(matches, page)
        rows = [MessageRow(message, viewer, explain_price(message)) for message in _messages(keys)]
    return SearchResults(rows, Paginator(range(count), RESULTS_PER_PAGE).get_page(page))


def _read_page(matches: QuerySet[Any, Any], page: int) -> tuple[list[tuple[str, int]], int]:
    """Table and key of each message of a page, newest first, and the number of all matches."""
    sql, values = matches.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(PAGE % sql, [*values, RESULTS_PER_PAGE, (page - 1) * RESULTS_PER_PAGE])
        rows = cursor.fetchall()
    return [(table, pk) for table, pk, _count in rows], rows[0][2] if rows else 0


def _messages(keys: Sequence[tuple[str, int]]) -> list[AnyMessage]:
    models = {"international": with_prices(InternationalMessage), "chat": with_prices(ChatMessage)}
    messages = {
        (table, message.pk): message
        for table, queryset in models.items()
        for message in queryset.filter(pk__in=[pk for name, pk in keys if name == table])
    }
    return [messages[key] for key in keys]


def phone_condition(query: str) -> Q | None:
    """With a country code match the beginning, without it the end; None where it is no number."""
    number = TRUNK_ZERO.sub("", unicodedata.normalize("NFKC", query).strip())
    if not PHONE_NUMBER.fullmatch(number):
        return None
    digits = "".join(str(unicodedata.digit(char)) for char in number if char.isdigit())
    if number.lstrip("( ").startswith("+"):
        beginning = digits
    elif digits.startswith("00"):
        beginning = digits[2:]
    else:
        national = digits.lstrip("0")
        if len(national) < MIN_DIGITS:
            return None
        ending = Q(phone__endswith=national)
        # Enough digits for a country code and more.
        begins = digits == national and len(digits) >= MIN_PREFIX_DIGITS
        return ending | Q(phone__startswith=f"+{digits}") if begins else ending
    return Q(phone__startswith=f"+{beginning}") if len(beginning) >= MIN_DIGITS else None


def _recipient_condition(query: str, *, with_digits: bool) -> Q | None:
    words = [word for word in query.split() if any(char.isalnum() for char in word)]
    if not words or (not with_digits and any(char.isnumeric() for char in query)):
        return None
    condition = Q()
    for word in words:
        as_json = json.dumps(word, ensure_ascii=False)[1:-1]
        condition &= Q(profile_values__icontains=as_json)
    return condition


def _keys(messages: QuerySet[Any], kind: str) -> QuerySet[Any, Any]:
    table = Cast(Value(kind), TextField())
    return messages.order_by().annotate(table=table).values_list("sent_at", "table", "pk")
