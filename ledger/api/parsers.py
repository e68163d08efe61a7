"""Request bodies: JSON with nothing lenient about it."""

import json
from typing import Any, cast

from django.http import HttpRequest
from ninja.parser import Parser

from ledger.api.problems import FieldError, Problem

# The largest integer that PostgreSQL's bigint keeps.
MOST_INTEGER = 2**63 - 1


class StrictParser(Parser):
    """Refuses what Python's own parser lets pass: NaN, repeated keys, huge numbers, other types."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise Problem("unsupported_media_type")
        return parse(request.body)


def parse(body: bytes) -> dict[str, Any]:
    """The JSON of a body; raises Problem. It may turn out to be no object: the schema says so."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem("invalid_json", "The body is not UTF-8.") from None
    try:
        return cast(
            dict[str, Any],
            json.loads(
                text,
                object_pairs_hook=_object,
                parse_constant=_constant,
                parse_float=_float,
                parse_int=_int,
            ),
        )
    except json.JSONDecodeError as error:
        # Never the text itself: it holds phone numbers.
        where = f"line {error.lineno}, column {error.colno}"
        raise Problem("invalid_json", f"{error.msg} at {where}.") from None
    except RecursionError:
        raise Problem("invalid_json", "It is nested too deeply.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise Problem(
            "invalid_json",
            "A name stands twice in an object.",
            [FieldError(twice, "stands twice in an object.")],
        )
    return found


def _constant(name: str) -> float:
    raise Problem("invalid_json", f"{name} is no JSON number.")


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise Problem("invalid_json", "A number is too large.")
    return number


def _int(text: str) -> int:
    if len(text) > 20 or abs(number := int(text)) > MOST_INTEGER:
        raise Problem("invalid_json", "A number is too large.")
    return number
