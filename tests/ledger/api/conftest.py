import itertools
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ledger.api import explanations, tokens
from ledger.models import Scope
from tests.factories import make_card, make_location

_keys = itertools.count(1)


class Caller:
    """JSON client with a bearer token; every POST gets a new key unless one is passed."""

    def __init__(self, secret: str, location_id: int) -> None:
        self.secret = secret
        self.location_id = location_id
        self.client = Client(raise_request_exception=False)

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(self.path(address), headers=self.headers(headers))

    def post(self, address: str, body: Any, *, key: str | None = "", **headers: str) -> Any:
        if key is not None:
            headers["Idempotency-Key"] = key or f"http-{next(_keys)}"
        return self.client.post(
            self.path(address),
            body if isinstance(body, (bytes, str)) else json.dumps(body),
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers(headers),
        )

    def path(self, address: str) -> str:
        if address.startswith("/"):
            return address
        return f"/api/v1/locations/{self.location_id}/{address}"

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} | more


def make_caller(location: Any, /, *, scopes=tuple(Scope.values), **token: Any) -> Caller:
    created = tokens.create("Test", at=timezone.now(), scopes=scopes, **token)
    return Caller(created.secret, location.pk)


def problem(answer: Any) -> tuple[int, str]:
    """Status and code of an answer, which must be a complete problem document."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    content = answer.json()
    assert content["status"] == answer.status_code
    assert content["type"] == f"/api/v1/docs#{content['code']}"
    assert content["title"] and content["detail"].endswith(".")
    return answer.status_code, content["code"]


def faults(answer: Any) -> dict[str, str]:
    """Invalid fields of a malformed request with their messages."""
    assert problem(answer) == (422, "invalid_request")
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


@pytest.fixture(autouse=True)
def clear_explanations() -> None:
    explanations.clear_caches()


@pytest.fixture
def location(db: None) -> Any:
    make_card()
    return make_location(starts_on=timezone.now().date().replace(month=1, day=1))


@pytest.fixture
def api(location: Any) -> Caller:
    return make_caller(location)
