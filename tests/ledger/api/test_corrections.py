"""Delivery reports and reversals over HTTP."""

import pytest
from django.utils import timezone

from ledger.models import Entry, InternationalMessage
from tests.factories import FRANCE, IMPOSSIBLE, MEXICO, make_location
from tests.ledger.api.conftest import faults, make_caller, problem


@pytest.fixture
def charge_id(api):
    messages = [
        {"external_id": "m1", "phone": MEXICO},
        {"external_id": "m2", "phone": FRANCE},
        {"external_id": "m3", "phone": IMPOSSIBLE},
    ]
    body = {"channel": "text", "messages": messages}
    return api.post("international-messages", body).json()["charge_id"]


def status(external_id, second, word="delivered"):
    at = timezone.now().replace(microsecond=0, second=0)
    return {
        "external_id": external_id,
        "status": word,
        "status_at": at.strftime(f"%FT%H:%M:{second:02}Z"),
    }


def test_each_report_is_answered_and_the_newest_wins(api, charge_id):
    sent = [
        status("m1", 0, "sent"),
        status("m9", 1),
        status("m1", 2, "delivered"),
        status("m1", 1, "queued"),
    ]
    answer = api.post("message-statuses", {"statuses": sent}, key=None)
    assert answer.status_code == 200
    assert answer.json() == {
        "statuses": [
            {"external_id": "m1", "result": "updated"},
            {"external_id": "m9", "result": "unknown"},
            {"external_id": "m1", "result": "updated"},
            {"external_id": "m1", "result": "older"},
        ]
    }
    assert InternationalMessage.objects.get(external_id="m1").status == "delivered"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"statuses": []}, "statuses"),
        ({"statuses": [{"external_id": "m1", "status": "x"}]}, "statuses[0].status_at"),
        ({"statuses": [status("m1", 0) | {"status": ""}]}, "statuses[0].status"),
        (
            {"statuses": [status("m1", 0) | {"status_at": "2199-01-01T00:00:00Z"}]},
            "statuses[0].status_at",
        ),
        ({"statuses": [status("m1", 0) | {"code": 5}]}, "statuses[0].code"),
    ],
)
def test_a_malformed_report_names_its_field(api, sent, field):
    assert field in faults(api.post("message-statuses", sent))


def test_reports_for_an_unknown_location_are_a_problem(api):
    answer = api.post("/api/v1/locations/99999999/message-statuses", {"statuses": [status("m", 0)]})
    assert problem(answer) == (404, "location_not_found")


def reversal(charge_id, /, **fields):
    return {"charge_id": charge_id, "reason": "Sent by mistake"} | fields


def test_message_and_then_rest_of_charge_are_reversed(api, charge_id):
    one = api.post("reversals", reversal(charge_id, external_id="m1"))
    assert one.status_code == 201
    entry = one.json()["entry"]
    assert (entry["kind"], entry["credits"], entry["charge_id"]) == ("reversal", 7, charge_id)
    assert one.json()["lapsed_credits"] == 0
    rest = api.post("reversals", reversal(charge_id)).json()["entry"]
    assert (rest["credits"], rest["balance_after"]) == (6, 1000)


def test_repeated_reversal_is_posted_once(api, charge_id):
    first = api.post("reversals", reversal(charge_id), key="r1")
    again = api.post("reversals", reversal(charge_id), key="r1")
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Entry.objects.filter(kind="reversal").count() == 1


@pytest.mark.parametrize("fields", [{}, {"external_id": "m1"}])
def test_reversed_charge_cannot_be_reversed_again(api, charge_id, fields):
    api.post("reversals", reversal(charge_id, **fields))
    again = api.post("reversals", reversal(charge_id, **fields))
    assert problem(again) == (409, "nothing_to_reverse")


def test_free_message_cannot_be_reversed(api, charge_id):
    answer = api.post("reversals", reversal(charge_id, external_id="m3"))
    assert problem(answer) == (409, "nothing_to_reverse")


def test_an_unknown_charge_or_message_is_a_problem(api, charge_id):
    elsewhere = make_caller(make_location())
    for answer in (
        api.post("reversals", reversal(99_999_999)),
        api.post("reversals", reversal(charge_id, external_id="m9")),
        elsewhere.post("reversals", reversal(charge_id)),
    ):
        assert problem(answer) == (404, "charge_not_found")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"charge_id": 0}, "charge_id"),
        ({"charge_id": "1"}, "charge_id"),
        ({"external_id": ""}, "external_id"),
        ({"credits": 5}, "credits"),
    ],
)
def test_a_malformed_reversal_names_its_field(api, charge_id, fields, field):
    assert list(faults(api.post("reversals", reversal(charge_id, **fields)))) == [field]
