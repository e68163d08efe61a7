from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from ninja.errors import HttpError, ValidationError

from ledger.api.problems import ApiProblem, FieldError
from ledger.engine import charging, funding, holds, reversals
from ledger.engine.posting import BadInput, ExternalIdTaken, KeyReused
from locations.contracts.terms import UnknownLocation

KEY_HEADER = "Idempotency-Key"
VALIDATION_MESSAGES = {
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
# Exceptions whose own message becomes the detail.
CODES_BY_CLASS: dict[type, str] = {
    ExternalIdTaken: "external_id_taken",
    funding.NotEnoughCredits: "not_enough_credits",
    charging.TermsChanged: "try_again",
    charging.HoldExceeded: "over_hold",
    holds.UnknownHold: "hold_not_found",
    holds.HoldEnded: "hold_ended",
    reversals.UnknownCharge: "charge_not_found",
    reversals.NothingToReverse: "nothing_to_reverse",
}


def problem_for(error: Exception) -> ApiProblem | None:
    for error_class in type(error).__mro__:
        if error_class in CODES_BY_CLASS:
            return ApiProblem(CODES_BY_CLASS[error_class], str(error))
        if error_class in CONVERTERS:
            return CONVERTERS[error_class](error)
    return None


def _convert_bad_input(error: BadInput) -> ApiProblem:
    field = KEY_HEADER if error.field == "key" else error.field
    return ApiProblem(
        "invalid_request", f"{field} {error.message}", [FieldError(field, error.message)]
    )


def _convert_validation_error(error: ValidationError) -> ApiProblem:
    if any(e["type"] == "missing" and e["loc"][0] == "header" for e in error.errors):
        return ApiProblem("idempotency_key_required")
    errors = [_field_error(e) for e in error.errors]
    first = errors[0]
    more = f" And {len(errors) - 1:,} more." if len(errors) > 1 else ""
    return ApiProblem("invalid_request", f"{first.field} {first.message}{more}", errors)


def _field_error(error: dict[str, Any]) -> FieldError:
    source, *path = error["loc"]
    # ninja puts the name of the view's parameter first, for a body or a group of parameters.
    if source in ("body", "query") and len(path) > 1 and isinstance(path[1], str | int):
        path = path[1:]
    field = _format_path(path) or source
    if source == "header" and field == KEY_HEADER and error["type"] == "string_pattern_mismatch":
        return FieldError(field, "must be 1 to 255 printable ASCII characters.")
    message = VALIDATION_MESSAGES.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be")
    message = message.replace("String should have", "must have")
    message = message.replace("List should have", "must have")
    return FieldError(field, message if message.endswith(".") else f"{message}.")


def _format_path(path: Iterable[object]) -> str:
    """("messages", 3, "phone") becomes messages[3].phone."""
    joined = ""
    for part in path:
        if isinstance(part, int):
            joined += f"[{part}]"
        else:
            joined += f".{part}" if joined else str(part)
    return joined


def _convert_http_error(error: HttpError) -> ApiProblem:
    # ninja wraps exceptions of its parser.
    cause = error.__cause__
    return cause if isinstance(cause, ApiProblem) else ApiProblem("bad_request", error.message)


def _convert_database_error(error: OperationalError | InterfaceError) -> ApiProblem:
    if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
        return ApiProblem("idempotency_key_in_use")
    return ApiProblem("try_again", "The database does not answer.")


CONVERTERS: dict[type, Callable[[Any], ApiProblem]] = {
    ApiProblem: lambda problem: problem,
    BadInput: _convert_bad_input,
    ValidationError: _convert_validation_error,
    HttpError: _convert_http_error,
    UnknownLocation: lambda _: ApiProblem("location_not_found"),
    KeyReused: lambda _: ApiProblem("idempotency_key_reuse"),
    RequestDataTooBig: lambda _: ApiProblem("body_too_large", "It may have 16 MiB."),
    OperationalError: _convert_database_error,
    InterfaceError: _convert_database_error,
}
