import json
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory

from redflag_credits import health


@pytest.fixture
def request_for_health(embedded_servers: None) -> HttpRequest:
    return RequestFactory().get("/healthz")


def test_healthy_when_both_answer(request_for_health: HttpRequest) -> None:
    answer = health.healthz(request_for_health)
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"status": "ok", "database": "ok", "broker": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_a_silent_broker_is_named(
    request_for_health: HttpRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", f"unix://:secret@{tmp_path}/redis.sock")
    answer = health.healthz(request_for_health)
    assert answer.status_code == 503
    assert json.loads(answer.content) == {
        "status": "unavailable",
        "database": "ok",
        "broker": "does not answer",
    }


def test_a_silent_database_is_named(
    request_for_health: HttpRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    options = {"host": str(tmp_path)}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "secret")
    answer = health.healthz(request_for_health)
    assert answer.status_code == 503
    assert json.loads(answer.content) == {
        "status": "unavailable",
        "database": "does not answer",
        "broker": "ok",
    }
    assert caplog.messages == ["healthz: the database does not answer (OperationalError)"]


def test_programming_error_is_not_hidden(
    request_for_health: HttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**parameters: object) -> None:
        raise KeyError("a mistake in the code")

    monkeypatch.setattr(psycopg, "connect", fail)
    with pytest.raises(KeyError):
        health.healthz(request_for_health)
