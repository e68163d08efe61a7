"""Every operation with every kind of token."""

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


def request_example(caller, location, path, method, operation):
    """The example of the operation, at this location or a hold of it."""
    created = holds.hold(location.pk, credits=1, seconds_to_live=60, key=key(), at=timezone.now())
    address = path.format(location_id=location.pk, hold_id=created.hold.pk)
    if method == "get":
        return caller.get(address)
    content = operation.get("requestBody", {}).get("content", {})
    return caller.post(address, content.get("application/json", {}).get("example", {}))


@pytest.fixture(params=OPERATIONS, ids=NAMES)
def operation(request):
    return request.param


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "rfc_abc"])
def test_request_without_token_is_unauthorized(api, location, operation, header):
    api.headers = lambda more: {"Authorization": header} | more
    answer = request_example(api, location, *operation)
    assert problem(answer) == (401, "token_required")
    assert answer["WWW-Authenticate"].startswith("Bearer ")


def test_unknown_token_is_unauthorized(api, location, operation):
    api.secret += "x"
    assert problem(request_example(api, location, *operation)) == (401, "token_unknown")


def test_expired_token_is_unauthorized(location, operation):
    created = tokens.create(
        "Old", at=timezone.now() - dt.timedelta(days=2), scopes=Scope.values, days=1
    )
    caller = make_caller(location)
    caller.secret = created.secret
    assert problem(request_example(caller, location, *operation)) == (401, "token_expired")


def test_a_revoked_token_opens_nothing(api, location, operation):
    token = tokens.find(api.secret, at=timezone.now())
    tokens.revoke([token.pk], at=timezone.now())
    assert problem(request_example(api, location, *operation)) == (401, "token_revoked")


@pytest.mark.parametrize("scope", Scope.values)
def test_scope_permits_only_its_own_operations(location, operation, scope):
    answer = request_example(make_caller(location, scopes=[scope]), location, *operation)
    if operation[2]["x-scope"] == scope:
        assert answer.status_code != 403
    else:
        assert problem(answer) == (403, "insufficient_scope")
        assert f"`{operation[2]['x-scope']}`" in answer.json()["detail"]


def test_location_outside_token_is_not_found(location, operation):
    """The same answer as for an id that was never used, byte for byte."""
    caller = make_caller(location, location=location)
    foreign = request_example(caller, make_location(), *operation)
    assert problem(foreign)[0] == 404
    path, method, description = operation
    address = path.format(location_id=99_999_999, hold_id=99_999_999)
    content = description.get("requestBody", {}).get("content", {}).get("application/json", {})
    unknown = (
        caller.get(address) if method == "get" else caller.post(address, content.get("example", {}))
    )
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)


def test_token_of_a_location_can_access_it(location, operation):
    answer = request_example(make_caller(location, location=location), location, *operation)
    assert answer.status_code not in (401, 403)
    assert answer.status_code != 404 or answer.json()["code"] == "charge_not_found"


def test_every_operation_has_a_scope():
    assert {operation["x-scope"] for _, _, operation in OPERATIONS} == set(Scope.values)
    assert len(set(NAMES)) == len(NAMES)
    assert MEXICO not in "".join(path for path, _, _ in OPERATIONS)
