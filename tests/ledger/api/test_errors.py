"""Malformed requests and their problems. Nothing is written."""

import json

import pytest
from django.db import OperationalError

from ledger.api.exception_handlers import problem_for
from ledger.api.problems import CODES, ApiProblem
from ledger.engine import charging, funding
from ledger.models import Charge, Entry
from tests.factories import MEXICO
from tests.ledger.api.conftest import faults, problem

BROADCAST = "international-messages"
TEXT = {"external_id": "m1", "phone": MEXICO}
GOOD = {"channel": "text", "messages": [TEXT]}


def body(**fields):
    return {"channel": "text", "messages": [TEXT | fields]}


@pytest.fixture(autouse=True)
def nothing_written(request, db):
    yield
    assert not Charge.objects.exists()
    assert not Entry.objects.filter(kind="purchase").exists()


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"", None),
        (b"{", "Expecting property name"),
        (b"[1,2", "Expecting ',' delimiter"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"channel": "text", "channel": "voice"}', "stands twice"),
        (b'{"messages": [{"a": 1, "b": 2, "a": 3}]}', "stands twice"),
        (b'{"channel": NaN}', "NaN is no JSON number"),
        (b'{"channel": -Infinity}', "-Infinity is no JSON number"),
        (b'{"channel": 1e400}', "A number is too large"),
        (b'{"channel": 9223372036854775808}', "A number is too large"),
        (b'{"channel": ' + b"9" * 5000 + b"}", "A number is too large"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_broken_json_is_refused(api, sent, detail):
    answer = api.post(BROADCAST, sent)
    if detail is None:
        assert faults(answer) == {"body": "is required."}
    else:
        assert problem(answer) == (400, "invalid_json")
        assert detail in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_another_content_type_is_refused(api, kind):
    answer = api.post(BROADCAST, GOOD, content_type=kind)
    assert problem(answer) == (415, "unsupported_media_type")


def test_a_charset_is_no_other_type(api):
    answer = api.post(BROADCAST, b'{"channel": 1}', content_type="application/json; charset=utf-8")
    assert problem(answer) == (422, "invalid_request")


def test_a_body_over_the_limit_is_refused(api):
    answer = api.post(BROADCAST, b" " * (16 * 1024 * 1024 + 1))
    assert problem(answer) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ([], "body"),
        (3, "body"),
        (None, "body"),
        ({}, "channel"),
        (GOOD | {"chanel": "text"}, "chanel"),
        (GOOD | {"channel": "fax"}, "channel"),
        (GOOD | {"channel": 1}, "channel"),
        (GOOD | {"on_insufficient": None}, "on_insufficient"),
        (GOOD | {"messages": []}, "messages"),
        (GOOD | {"messages": {}}, "messages"),
        (GOOD | {"messages": [TEXT, TEXT]}, "messages[1].external_id"),
        (GOOD | {"messages": [TEXT, 1]}, "messages[1]"),
        ({"channel": "text", "messages": [{"phone": MEXICO}]}, "messages[0].external_id"),
        (body(colour="red"), "messages[0].colour"),
        (body(external_id=""), "messages[0].external_id"),
        (body(external_id="x" * 121), "messages[0].external_id"),
        (body(external_id=7), "messages[0].external_id"),
        (body(external_id="a\x00b"), "messages[0].external_id"),
        (body(external_id="a\ud800b"), "messages[0].external_id"),
        (body(phone="+" * 33), "messages[0].phone"),
        (body(phone=None), "messages[0].phone"),
        (body(seconds=1), "messages[0].seconds"),
        (body(seconds="1"), "messages[0].seconds"),
        (body(seconds=True), "messages[0].seconds"),
        (body(seconds=1.0), "messages[0].seconds"),
        (body(seconds=-1), "messages[0].seconds"),
        (body(carrier_type="pager"), "messages[0].carrier_type"),
        (body(status="x" * 41), "messages[0].status"),
        (body(profile=[]), "messages[0].profile"),
        (body(profile={"a": 1}), "messages[0].profile.a"),
        (body(profile={"a": "\x00"}), "messages[0].profile.a"),
        (body(sent_at=1700000000), "messages[0].sent_at"),
        (body(sent_at="2026-02-30T00:00:00Z"), "messages[0].sent_at"),
        (body(sent_at="2026-02-03T00:00:00"), "messages[0].sent_at"),
        (body(sent_at="２０２６-02-03T00:00:00Z"), "messages[0].sent_at"),
        (body(sent_at="0001-01-01T00:00:00+14:00"), "messages[0].sent_at"),
        (body(sent_at="9999-12-31T23:59:59-14:00"), "messages[0].sent_at"),
        (body(sent_at="2199-01-01T00:00:00Z"), "messages[0].sent_at"),
        (body(sent_at="1999-12-31T23:59:59Z"), "messages[0].sent_at"),
    ],
)
def test_a_malformed_broadcast_names_its_fields(api, sent, field):
    assert field in faults(api.post(BROADCAST, sent))


def test_a_call_needs_its_seconds(api):
    answer = api.post(BROADCAST, {"channel": "voice", "messages": [TEXT]})
    assert "messages[0].seconds" in faults(answer)


def test_many_faults_are_named_up_to_a_hundred(api):
    answer = api.post(BROADCAST, {"channel": "text", "messages": [{}] * 300})
    assert len(faults(answer)) == 100
    assert "And 599 more." in answer.json()["detail"]


def test_numbers_of_phones_are_not_repeated_in_the_answer(api):
    answer = api.post(BROADCAST, body(phone=MEXICO + "9" * 30, carrier_type="x"))
    assert MEXICO not in answer.content.decode()


@pytest.mark.parametrize(
    ("credits", "field"),
    [("5", "credits"), (0, "credits"), (10**9, "credits"), (2**63 - 1, "credits")],
)
def test_a_malformed_purchase_names_its_field(api, credits, field):
    answer = api.post("purchases", {"credits": credits, "reference": "1"})
    assert list(faults(answer)) == [field]


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        (BROADCAST, GOOD),
        ("chat-messages", {"messages": []}),
        ("purchases", {"credits": 5, "reference": "1"}),
    ],
)
def test_balance_changes_require_a_key(api, address, sent):
    assert problem(api.post(address, sent, key=None)) == (400, "idempotency_key_required")


@pytest.mark.parametrize("key", ["x" * 256, "ключ", "tab\there", " "])
def test_a_key_is_printable_ascii(api, key):
    answer = api.post(BROADCAST, GOOD, key=key)
    assert list(faults(answer)) == ["Idempotency-Key"]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("entries?limit=0", "limit"),
        ("entries?limit=501", "limit"),
        ("entries?limit=1_0", "limit"),
        ("entries?limit=１", "limit"),
        ("entries?cursor=-1", "cursor"),
        ("entries?cursor=" + "9" * 30, "cursor"),
        ("entries?kind=gift", "kind[0]"),
        ("entries?from=2026-13-01", "from"),
        ("entries?to=yesterday", "to"),
        ("entries?colour=red", "colour"),
        ("daily-usage?from=%00", "from"),
        ("daily-usage?limit=5", "limit"),
        ("balance?at=now", "at"),
    ],
)
def test_a_malformed_query_names_its_parameter(api, address, field):
    assert field in faults(api.get(address))


@pytest.mark.parametrize(
    "address",
    ["/api/v1/", "/api/v1/nothing", "/api/", "/api/v2/docs", "/api/v1/locations/x/balance"],
)
def test_an_unknown_address_is_a_problem(api, address):
    assert problem(api.get(address)) == (404, "not_found")


def test_another_method_is_a_problem(api):
    answer = api.get(BROADCAST)
    assert problem(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "POST"


def test_a_foreign_host_is_a_problem(api):
    answer = api.get("balance", Host="elsewhere.example")
    assert problem(answer) == (400, "bad_request")


@pytest.mark.parametrize("location_id", [99_999_999, 2**63, 10**30])
def test_an_unknown_location_is_a_problem(api, location_id):
    for answer in (
        api.get(f"/api/v1/locations/{location_id}/balance"),
        api.get(f"/api/v1/locations/{location_id}/entries"),
        api.get(f"/api/v1/locations/{location_id}/daily-usage"),
        api.post(f"/api/v1/locations/{location_id}/{BROADCAST}", GOOD),
        api.post(f"/api/v1/locations/{location_id}/purchases", {"credits": 1, "reference": "1"}),
        api.post(
            f"/api/v1/locations/{location_id}/quotes",
            {"channel": "text", "messages": [{"phone": "1"}]},
        ),
    ):
        assert problem(answer) == (404, "location_not_found")


def test_unexpected_error_is_a_problem(api, monkeypatch, caplog):
    def broken(*args, **options):
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(charging, "charge_broadcast", broken)
    answer = api.post(BROADCAST, GOOD)
    assert problem(answer) == (500, "internal_error")
    assert "secret" not in answer.content.decode()
    assert "a secret of ours" in caplog.text
    assert MEXICO not in caplog.text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (charging.TermsChanged("changing"), "try_again"),
        (funding.NotEnoughCredits("less"), "not_enough_credits"),
        (OperationalError("gone"), "try_again"),
    ],
)
def test_each_refusal_of_the_ledger_has_its_code(error, code):
    assert problem_for(error).code == code


def test_unavailable_database_is_retryable(api, monkeypatch):
    def away(*args, **options):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(charging, "charge_broadcast", away)
    answer = api.post(BROADCAST, GOOD)
    assert problem(answer) == (503, "try_again")
    assert int(answer["Retry-After"]) > 0


def test_every_code_has_a_remedy(api):
    page = api.client.get("/api/v1/docs").content.decode()
    for name, code in CODES.items():
        assert ApiProblem(name).status == code.status
        assert f'id="{name}"' in page
        assert code.remedy.endswith(".")


def test_error_is_not_cacheable(api):
    answer = api.post(BROADCAST, json.dumps(body(colour=1)))
    assert answer["Cache-Control"] == "no-store"
