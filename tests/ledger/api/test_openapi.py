"""The OpenAPI document and its page."""

import os
import re

import jsonschema_rs
import pytest
from django.contrib.staticfiles import finders
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from ledger.api.application import api as application
from ledger.api.problems import CODES
from ledger.engine import holds
from ledger.models import Charge, Hold, HoldState
from ledger.verification.verify import verify
from tests.factories import key, make_card, make_location
from tests.ledger.api.conftest import make_caller
from tests.ledger.api.fuzz import Fuzz
from tests.proving import short_or_full

SCHEMA = application.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = {
    operation["operationId"]: operation
    for operations in SCHEMA["paths"].values()
    for operation in operations.values()
}


@pytest.fixture(params=OPERATIONS)
def operation(request):
    return OPERATIONS[request.param]


def check(instance, schema):
    complete = schema | {"components": SCHEMA["components"]}
    jsonschema_rs.Draft202012Validator(complete, validate_formats=True).validate(instance)


def test_openapi_document_is_served(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.json()["paths"].keys() == SCHEMA["paths"].keys()
    assert answer.json()["openapi"].startswith("3.1")


def test_examples_match_schemas(operation):
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        check(content["example"], content["schema"])
    (status,) = [status for status in operation["responses"] if int(status) < 300]
    content = operation["responses"][status]["content"]["application/json"]
    check(content["example"], content["schema"])


def test_every_operation_documents_its_errors(operation):
    documented = set(map(int, operation["responses"]))
    assert documented >= {400, 401, 403, 404, 405, 409, 422, 500, 503}
    if "requestBody" in operation:
        assert documented >= {413, 415}


def test_every_operation_is_described(operation):
    assert operation["description"].endswith(".")
    assert operation["x-scope"]
    assert operation["security"]


@pytest.mark.proof
def test_generated_requests_get_documented_answers(cloned_database):
    make_card()
    location = make_location(included=100_000_000)
    at = timezone.now()

    def open_holds():
        open_ids = list(Hold.objects.filter(state=HoldState.OPEN).values_list("pk", flat=True)[:20])
        if len(open_ids) < 5:
            created = holds.hold(
                location.pk,
                credits=50,
                seconds_to_live=6000,
                over_rule="overflow",
                key=key(),
                at=at,
            )
            return [created.hold.pk]
        return open_ids

    fuzz = Fuzz(
        get_wsgi_application(),
        secret=make_caller(location).secret,
        location_id=location.pk,
        hold_ids=open_holds,
        charge_ids=lambda: Charge.objects.order_by("?").values_list("pk", flat=True)[:5],
    )
    fuzz.run(int(os.environ.get("FUZZ_REQUESTS", short_or_full(150, 1000))))
    print(f"\n{fuzz.table()}")  # noqa: T201  # the long run shows it
    assert fuzz.succeeded >= fuzz.total / 5
    assert not [status for _, status in fuzz.answers if status >= 500]
    assert not verify(location.pk)


def test_page_lists_every_operation_and_code(client):
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    html = page.content.decode()
    for name, operation in OPERATIONS.items():
        assert f'id="{name}"' in html
        assert operation["summary"] in html
    for code in CODES:
        assert f'id="{code}"' in html


def test_page_obeys_content_security_policy(client):
    page = client.get("/api/v1/docs")
    html = page.content.decode()
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not re.search(r"<script|<style|style=|\son\w+=|javascript:", html)
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    for path in re.findall(r'href="/static/([^"]+)"', html):
        assert finders.find(path), path
