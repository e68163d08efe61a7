import json
from typing import Any, cast

from django.http import HttpRequest
from ninja.parser import Parser

from ledger.api.problems import ApiProblem, FieldError

# The maximum of PostgreSQL's bigint.
MAX_INTEGER = 2**63 - 1


class StrictParser(Parser):
    """Reject what json.loads accepts: NaN, repeated names, huge numbers; and other types."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise ApiProblem("unsupported_media_type")
        return parse(request.body)


def parse(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise ApiProblem("invalid_json", "The body is not UTF-8.") from None
    try:
        return cast(
            dict[str, Any],
            json.loads(
                text,
                object_pairs_hook=_parse_object,
                parse_constant=_reject_constant,
                parse_float=_parse_float,
                parse_int=_parse_int,
            ),
        )
    except json.JSONDecodeError as error:
        # Never the text itself: it holds phone numbers.
        position = f"line {error.lineno}, column {error.colno}"
        raise ApiProblem("invalid_json", f"{error.msg} at {position}.") from None
    except RecursionError:
        raise ApiProblem("invalid_json", "It is nested too deeply.") from None


def _parse_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        duplicate = next(name for number, name in enumerate(names) if name in names[:number])
        raise ApiProblem(
            "invalid_json",
            "A name stands twice in an object.",
            [FieldError(duplicate, "stands twice in an object.")],
        )
    return result


def _reject_constant(name: str) -> float:
    raise ApiProblem("invalid_json", f"{name} is no JSON number.")


def _parse_float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ApiProblem("invalid_json", "A number is too large.")
    return number


def _parse_int(text: str) -> int:
    if len(text) > 20 or abs(number := int(text)) > MAX_INTEGER:
        raise ApiProblem("invalid_json", "A number is too large.")
    return number
