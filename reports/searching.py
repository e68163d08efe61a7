"""Finding a message by its recipient, its number or its external id."""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from ledger.models import ChatMessage, InternationalMessage
from locations.models import Location
from reports.charges import AnyMessage, Told, price_words, with_prices
from reports.moments import one_moment

FOUND_PER_PAGE = 25
FEWEST_DIGITS = 3
FEWEST_FIRST_DIGITS = 5
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
    location: Location, wanted: str, first_on: dt.date, last_on: dt.date, *, page: int = 1
) -> Found:
    """Messages of the location's days that `wanted` names; four queries.

    A recipient is found by words of their fields, in any order; a number however it is written,
    or by its last digits; an external id by all of it. Reads the index of the days and looks at
    each message of them.
    """
    days = Q(location=location, day__gte=first_on, day__lte=last_on)
    numbered, of_recipient = _numbered(wanted), _of_recipient(wanted)
    chat = ChatMessage.objects.filter(days).filter(numbered)
    international = (
        InternationalMessage.objects.filter(days)
        .annotate(said=ProfileValues("profile"))
        .filter(numbered | of_recipient if of_recipient else numbered)
    )
    with one_moment():
        every = _keys(international, "international").union(_keys(chat, "chat"), all=True)
        count = every.count()
        page = min(page, max(1, -(-count // FOUND_PER_PAGE)))
        start = (page - 1) * FOUND_PER_PAGE
        newest = every.order_by("-sent_at", "-table", "-pk")
        keys = [(table, pk) for _, table, pk in newest[start : start + FOUND_PER_PAGE]]
        told = [Told(message, price_words(message)) for message in _messages(keys)]
    return Found(told, count, page)


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


def _numbered(wanted: str) -> Q:
    external = Q(external_id=wanted.strip())
    phone = phone_condition(wanted)
    return external if phone is None else external | phone


def _of_recipient(wanted: str) -> Q | None:
    """Every word stands somewhere in the recipient's fields (`said`); None without a word."""
    words = [word for word in wanted.split() if any(char.isalnum() for char in word)]
    if not words:
        return None
    stands = Q()
    for word in words:
        stands &= Q(said__icontains=json.dumps(word, ensure_ascii=False)[1:-1])  # as in JSON
    return stands


def _keys(messages: QuerySet[Any], kind: str) -> QuerySet[Any, Any]:
    table = Cast(Value(kind), TextField())
    return messages.order_by().annotate(table=table).values_list("sent_at", "table", "pk")
