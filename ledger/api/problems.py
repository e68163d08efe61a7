"""Errors of the API as RFC 9457 problem details with a stable code."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"
CODES_URL = "/api/v1/docs"
MAX_ERRORS = 100
RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class ErrorCode:
    status: int
    title: str
    remedy: str


CODES = {
    "invalid_json": ErrorCode(
        400, "The body is not valid JSON", "Send one JSON object, encoded as UTF-8."
    ),
    "invalid_request": ErrorCode(
        422,
        "The request is malformed",
        "Correct the fields that `errors` names. Nothing was written and no key is used up.",
    ),
    "idempotency_key_required": ErrorCode(
        400,
        "The Idempotency-Key header is missing",
        "Send a key of your own choice, the same one whenever you repeat this request.",
    ),
    "token_required": ErrorCode(
        401,
        "There is no token",
        "Send `Authorization: Bearer …` with a token that staff made for you.",
    ),
    "token_unknown": ErrorCode(
        401, "The token is not known", "Check that it was copied whole, or ask staff for another."
    ),
    "token_expired": ErrorCode(401, "The token has expired", "Ask staff for another."),
    "token_revoked": ErrorCode(401, "The token was revoked", "Ask staff for another."),
    "insufficient_scope": ErrorCode(
        403, "The token may not do this", "Ask staff for a token with the scope that it names."
    ),
    "signature_invalid": ErrorCode(
        403,
        "The callback is not signed by its provider",
        "Check the provider's secret and PUBLIC_URL, which is part of what is signed.",
    ),
    "location_not_found": ErrorCode(
        404, "There is no such location", "Check its id, and which location your token is for."
    ),
    "hold_not_found": ErrorCode(404, "There is no such hold", "Check its id."),
    "charge_not_found": ErrorCode(
        404, "There is no such charge", "Check the charge's id and the message's external id."
    ),
    "not_found": ErrorCode(404, "There is nothing at this address", "Look it up at /api/v1/docs."),
    "method_not_allowed": ErrorCode(
        405, "The address does not take this method", "Use a method that the Allow header names."
    ),
    "idempotency_key_in_use": ErrorCode(
        409,
        "The location is busy with another request",
        "Repeat the request with the same key after Retry-After seconds: it is done at most once.",
    ),
    "external_id_taken": ErrorCode(
        409,
        "A message of the request was charged before",
        "Leave it out, or give it an external id of its own; nothing of this request was charged.",
    ),
    "not_enough_credits": ErrorCode(
        409, "There are not enough credits", "Take fewer, or buy credits first."
    ),
    "hold_ended": ErrorCode(
        409, "The hold has ended otherwise", "Ask nothing more of it: a hold ends exactly once."
    ),
    "over_hold": ErrorCode(
        409,
        "It costs more than was held",
        "Settle with `over` as overflow or cap in the hold, or charge it without the hold.",
    ),
    "nothing_to_reverse": ErrorCode(
        409, "There is nothing to give back", "A charge is given back once, and only what it cost."
    ),
    "body_too_large": ErrorCode(413, "The body is too large", "Send fewer messages in a request."),
    "unsupported_media_type": ErrorCode(
        415, "The body is not JSON", "Send `Content-Type: application/json`."
    ),
    "idempotency_key_reuse": ErrorCode(
        422,
        "The key was used for another request",
        "Repeat the first request unchanged to get its answer, or choose a new key.",
    ),
    "bad_request": ErrorCode(
        400, "The request cannot be understood", "Look it up at /api/v1/docs."
    ),
    "internal_error": ErrorCode(
        500, "Something went wrong on our side", "Repeat the request with the same key."
    ),
    "try_again": ErrorCode(
        503,
        "It cannot be done this moment",
        "Repeat the request with the same key after Retry-After seconds.",
    ),
}
BY_STATUS = {
    400: "bad_request",
    403: "insufficient_scope",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    503: "try_again",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    field: str
    message: str


@dataclass(eq=False)
class ApiProblem(Exception):
    code: str
    detail: str = ""
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return CODES[self.code].status


def serialize_problem(problem: ApiProblem) -> bytes:
    code = CODES[problem.code]
    detail = " ".join(filter(None, [problem.detail, code.remedy]))
    content: dict[str, object] = {
        "type": f"{CODES_URL}#{problem.code}",
        "title": code.title,
        "status": code.status,
        "detail": detail,
        "code": problem.code,
    }
    if problem.errors:
        content["errors"] = [
            {"field": error.field, "message": error.message}
            for error in problem.errors[:MAX_ERRORS]
        ]
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


def problem_headers(problem: ApiProblem) -> dict[str, str]:
    headers = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store", **problem.headers}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="RedFlag Credits"'
    if problem.code in ("idempotency_key_in_use", "try_again"):
        headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    return headers


def problem_response(problem: ApiProblem) -> HttpResponse:
    return HttpResponse(
        serialize_problem(problem), status=problem.status, headers=problem_headers(problem)
    )
