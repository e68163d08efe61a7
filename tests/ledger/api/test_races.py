"""Concurrent requests, and requests to a busy location."""

import json
import os

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from ledger.api import idempotency
from ledger.engine import renewals
from ledger.models import Charge, Hold
from ledger.verification.verify import verify
from tests.factories import MEXICO, make_card, make_location
from tests.ledger.api.conftest import make_caller, problem
from tests.processes import race

pytestmark = pytest.mark.processes

BODY = {"channel": "text", "messages": [{"external_id": "m1", "phone": MEXICO}]}


@pytest.fixture
def caller(cloned_database):
    make_card()
    location = make_location()
    renewals.renew(location.pk, at=timezone.now())
    return make_caller(location)


def post(address, body, secret, key):
    """One request in a process of its own."""
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    answer = Client().post(
        address, json.dumps(body), content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json(), answer.get("Idempotency-Replayed")


def test_concurrent_requests_with_same_key_are_charged_once(caller):
    call = {"address": caller.path("international-messages"), "body": BODY, "key": "k1"}
    answers = [outcome.value for outcome in race(post, [call | {"secret": caller.secret}] * 8)]
    assert {status for status, _, _ in answers} == {201}
    assert len({json.dumps(content) for _, content, _ in answers}) == 1
    assert sorted(replayed or "" for _, _, replayed in answers) == [""] + ["true"] * 7
    assert Charge.objects.count() == 1
    assert not verify(caller.location_id)


def test_concurrent_settle_and_release_end_hold_once(caller):
    body = {"credits": 50, "seconds_to_live": 600}
    hold_id = caller.post("holds", body).json()["hold_id"]
    settle = {"address": f"/api/v1/holds/{hold_id}/settle", "body": BODY}
    release = {"address": f"/api/v1/holds/{hold_id}/release", "body": {}}
    calls = [
        each | {"secret": caller.secret, "key": f"end-{number}"}
        for number, each in enumerate([settle, release] * 3)
    ]
    answers = [outcome.value for outcome in race(post, calls)]
    settled = {status for status, _, _ in answers[::2]}
    released = {status for status, _, _ in answers[1::2]}
    assert (settled, released) in [({201}, {409}), ({409}, {200})]
    assert Charge.objects.count() == len(settled & {201})
    assert Hold.objects.get().state == ("settled" if 201 in settled else "released")
    assert not verify(caller.location_id)


def test_request_to_busy_location_is_retryable(caller, monkeypatch):
    monkeypatch.setattr(idempotency, "LOCK_TIMEOUT_MILLISECONDS", 200)
    connection.close()  # the timeout is set once per connection
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute("SELECT 1 FROM ledger_balance FOR UPDATE")
        answer = caller.post("international-messages", BODY, key="k1")
        assert problem(answer) == (409, "idempotency_key_in_use")
        assert int(answer["Retry-After"]) > 0
        other.rollback()
    assert caller.post("international-messages", BODY, key="k1").status_code == 201
    assert Charge.objects.count() == 1
