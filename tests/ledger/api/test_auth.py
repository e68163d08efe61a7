"""Who may ask for what: every operation, every kind of token."""

import datetime as dt

import pytest
from django.utils import timezone

from ledger.api import tokens
from ledger.api.application import api as application
from ledger.engine import holds
from ledger.models import Scope
from tests.factories import MEXICO, key, make_location
from tests.ledger.api.conftest import make_caller, problem

SCHEMA = application.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [
    (path, method, operation)
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
]
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]


def ask(caller, location, path, method, operation):
    """The example of the operation, at this location or a hold of it."""
    made = holds.hold(location.pk, credits=1, seconds_to_live=60, key=key(), at=timezone.now())
    address = path.format(location_id=location.pk, hold_id=made.hold.pk)
    if method == "get":
        return caller.get(address)
    content = operation.get("requestBody", {}).get("content", {})
    return caller.post(address, content.get("application/json", {}).get("example", {}))


@pytest.fixture(params=OPERATIONS, ids=NAMES)
def operation(request):
    return request.param


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "rfc_abc"])
def test_without_a_token_nothing_opens(api, location, operation, header):
    api.headers = lambda more: {"Authorization": header} | more
    answer = ask(api, location, *operation)
    assert problem(answer) == (401, "token_required")
    assert answer["WWW-Authenticate"].startswith("Bearer ")


def test_an_unknown_token_opens_nothing(api, location, operation):
    api.secret += "x"
    assert problem(ask(api, location, *operation)) == (401, "token_unknown")


def test_an_expired_token_opens_nothing(location, operation):
    made = tokens.create(
        "Old", at=timezone.now() - dt.timedelta(days=2), scopes=Scope.values, days=1
    )
    caller = make_caller(location)
    caller.secret = made.secret
    assert problem(ask(caller, location, *operation)) == (401, "token_expired")


def test_a_revoked_token_opens_nothing(api, location, operation):
    token = tokens.find(api.secret, at=timezone.now())
    tokens.revoke([token.pk], at=timezone.now())
    assert problem(ask(api, location, *operation)) == (401, "token_revoked")


@pytest.mark.parametrize("scope", Scope.values)
def test_a_scope_opens_its_own_operations_alone(location, operation, scope):
    answer = ask(make_caller(location, scopes=[scope]), location, *operation)
    if operation[2]["x-scope"] == scope:
        assert answer.status_code != 403
    else:
        assert problem(answer) == (403, "insufficient_scope")
        assert f"`{operation[2]['x-scope']}`" in answer.json()["detail"]


def test_another_location_does_not_exist_for_a_token(location, operation):
    """The same answer as for an id that was never used, byte for byte."""
    caller = make_caller(location, location=location)
    foreign = ask(caller, make_location(), *operation)
    assert problem(foreign)[0] == 404
    path, method, told = operation
    unknown = path.format(location_id=99_999_999, hold_id=99_999_999)
    content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    never = (
        caller.get(unknown) if method == "get" else caller.post(unknown, content.get("example", {}))
    )
    assert (foreign.status_code, foreign.content) == (never.status_code, never.content)


def test_a_token_of_one_location_opens_it(location, operation):
    answer = ask(make_caller(location, location=location), location, *operation)
    assert answer.status_code not in (401, 403)
    assert answer.status_code != 404 or answer.json()["code"] == "charge_not_found"


def test_every_operation_says_its_scope():
    assert {operation["x-scope"] for _, _, operation in OPERATIONS} == set(Scope.values)
    assert len(set(NAMES)) == len(NAMES)
    assert MEXICO not in "".join(path for path, _, _ in OPERATIONS)
