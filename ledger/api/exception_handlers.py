"""What the ledger raises, as the problem that the client is told: the one place for it."""

from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from ninja.errors import HttpError, ValidationError

from ledger.api.problems import FieldError, Problem
from ledger.engine import charging, funding, holds, reversals
from ledger.engine.posting import BadInput, ExternalIdTaken, KeyReused
from locations.contracts.terms import UnknownLocation

KEY_HEADER = "Idempotency-Key"
WORDS = {
    "missing": "is required.",
    "int_type": "must be a whole number.",
    "string_type": "must be text.",
    "bool_type": "must be true or false.",
    "list_type": "must be a list.",
    "dict_type": "must be an object.",
    "model_type": "must be an object.",
    "model_attributes_type": "must be an object.",
    "extra_forbidden": "is not a field of this request.",
    "string_unicode": "contains a lone surrogate, which is no text.",
    "string_pattern_mismatch": "contains a NUL character, which cannot be stored.",
}
# Exceptions of the ledger that say by themselves what was wrong, and their codes.
BY_CLASS: dict[type, str] = {
    ExternalIdTaken: "external_id_taken",
    funding.NotEnough: "not_enough_credits",
    charging.Unsettled: "try_again",
    charging.OverHold: "over_hold",
    holds.UnknownHold: "hold_not_found",
    holds.HoldEnded: "hold_ended",
    reversals.UnknownCharge: "charge_not_found",
    reversals.NothingToReverse: "nothing_to_reverse",
}


def problem_of(error: Exception) -> Problem | None:
    """The problem to answer with; None for what nobody foresaw."""
    for kind in type(error).__mro__:
        if kind in BY_CLASS:
            return Problem(BY_CLASS[kind], str(error))
        if kind in MADE_BY:
            return MADE_BY[kind](error)
    return None


def _bad_input(error: BadInput) -> Problem:
    field = KEY_HEADER if error.field == "key" else error.field
    return Problem(
        "invalid_request", f"{field} {error.message}", [FieldError(field, error.message)]
    )


def _invalid(refused: ValidationError) -> Problem:
    if any(error["type"] == "missing" and error["loc"][0] == "header" for error in refused.errors):
        return Problem("idempotency_key_required")
    errors = [_field_error(error) for error in refused.errors]
    first = errors[0]
    more = f" And {len(errors) - 1:,} more." if len(errors) > 1 else ""
    return Problem("invalid_request", f"{first.field} {first.message}{more}", errors)


def _field_error(error: dict[str, Any]) -> FieldError:
    source, *path = error["loc"]
    # ninja puts the name of the view's parameter first: of a body, or of a group of parameters.
    if source in ("body", "query") and len(path) > 1 and isinstance(path[1], str | int):
        path = path[1:]
    field = _joined(path) or source
    if source == "header" and field == KEY_HEADER and error["type"] == "string_pattern_mismatch":
        return FieldError(field, "must be 1 to 255 printable ASCII characters.")
    words = WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    words = words.replace("Input should be", "must be").replace("String should have", "must have")
    words = words.replace("List should have", "must have")
    return FieldError(field, words if words.endswith(".") else f"{words}.")


def _joined(path: Iterable[object]) -> str:
    """messages, 3, phone: messages[3].phone."""
    joined = ""
    for part in path:
        if isinstance(part, int):
            joined += f"[{part}]"
        else:
            joined += f".{part}" if joined else str(part)
    return joined


def _http_error(error: HttpError) -> Problem:
    # ninja wraps what its parser raises.
    cause = error.__cause__
    return cause if isinstance(cause, Problem) else Problem("bad_request", error.message)


def _database(error: OperationalError | InterfaceError) -> Problem:
    if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
        return Problem("idempotency_key_in_use")
    return Problem("try_again", "The database does not answer.")


MADE_BY: dict[type, Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    BadInput: _bad_input,
    ValidationError: _invalid,
    HttpError: _http_error,
    UnknownLocation: lambda _: Problem("location_not_found"),
    KeyReused: lambda _: Problem("idempotency_key_reuse"),
    RequestDataTooBig: lambda _: Problem("body_too_large", "It may have 16 MiB."),
    OperationalError: _database,
    InterfaceError: _database,
}
