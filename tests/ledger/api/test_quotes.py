"""Quotes over HTTP."""

import pytest

from ledger.models import Charge
from tests.factories import DOMESTIC, IMPOSSIBLE, MEXICO
from tests.ledger.api.conftest import faults


def test_quote_has_all_fields(api):
    body = {
        "channel": "voice",
        "messages": [
            {"phone": MEXICO, "seconds": 90},
            {"phone": DOMESTIC, "seconds": 90},
            {"phone": IMPOSSIBLE, "seconds": 90},
        ],
        "per_message": True,
    }
    answer = api.post("quotes", body, key=None)
    assert answer.status_code == 200
    assert answer.json() == {
        "credits": 24,
        "fits": True,
        "shortfall": 0,
        "chargeable": 1,
        "domestic": 1,
        "available_credits": 1000,
        "overdraft_limit": 0,
        "pays": {"contract_credits": 24, "purchased_credits": 0, "overdraft_credits": 0},
        "left": {"contract_credits": 976, "purchased_credits": 0, "available_credits": 976},
        "send_what_fits": {"messages": 1, "credits": 24},
        "destinations": [{"country": "MX", "carrier_type": "mobile", "messages": 1, "credits": 24}],
        "refused": [
            {
                "index": 2,
                "phone": IMPOSSIBLE,
                "reason": "bad_number",
                "explanation": "Not a possible phone number.",
            }
        ],
        "messages": [
            {
                "index": 0,
                "outcome": "chargeable",
                "reason": None,
                "units": 2,
                "credits": 24,
                "country": "MX",
                "carrier_type": "mobile",
            },
            {
                "index": 1,
                "outcome": "domestic",
                "reason": None,
                "units": 0,
                "credits": 0,
                "country": "US",
                "carrier_type": None,
            },
            {
                "index": 2,
                "outcome": "refused",
                "reason": "bad_number",
                "units": 0,
                "credits": 0,
                "country": None,
                "carrier_type": None,
            },
        ],
    }
    assert not Charge.objects.exists()


def test_messages_are_included_only_on_request(api):
    content = api.post("quotes", {"channel": "text", "messages": [{"phone": MEXICO}]}).json()
    assert content["messages"] is None


def test_quote_reports_shortfall(api):
    content = api.post("quotes", {"channel": "text", "messages": [{"phone": MEXICO}] * 143}).json()
    assert (content["fits"], content["shortfall"], content["pays"], content["left"]) == (
        False,
        1,
        None,
        None,
    )
    assert content["send_what_fits"] == {"messages": 142, "credits": 994}


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({"phone": MEXICO, "external_id": "1"}, "messages[0].external_id"),
        ({}, "messages[0].phone"),
        ({"phone": MEXICO, "seconds": 5}, "messages[0].seconds"),
    ],
)
def test_a_malformed_quote_names_its_fields(api, message, field):
    assert field in faults(api.post("quotes", {"channel": "text", "messages": [message]}))
