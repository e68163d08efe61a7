"""Broadcasts and chat over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from ledger.engine import funding
from ledger.models import Charge, ChatMessage, Entry, InternationalMessage
from tests.factories import DOMESTIC, FRANCE, GERMANY, IMPOSSIBLE, MEXICO
from tests.ledger.api.conftest import faults, problem
from tests.queries import count_statements

BROADCAST = "international-messages"
CHAT = "chat-messages"


def texts(*phones, **fields):
    messages = [{"external_id": f"m{n}", "phone": phone} for n, phone in enumerate(phones)]
    return {"channel": "text", "messages": messages} | fields


def chats(*directions, **fields):
    return {
        "messages": [
            {
                "external_id": f"c{n}",
                "phone": DOMESTIC,
                "inbox": "Front Desk",
                "direction": direction,
            }
            | fields
            for n, direction in enumerate(directions)
        ]
    }


def test_a_broadcast_is_answered_message_by_message(api):
    answer = api.post(BROADCAST, texts(MEXICO, DOMESTIC, IMPOSSIBLE, GERMANY, FRANCE))
    assert answer.status_code == 201
    content = answer.json()
    assert content["charge_id"] == Charge.objects.get().pk
    assert (content["outcome"], content["reason"], content["credits"]) == ("charged", None, 13)
    assert content["balance_after"] == {
        "contract_credits": 987,
        "purchased_credits": 0,
        "total_credits": 987,
        "held_credits": 0,
        "available_credits": 987,
        "overdraft_limit": 0,
    }
    outcomes = [
        (m["outcome"], m["reason"], m["credits"], m["country"]) for m in content["messages"]
    ]
    assert outcomes == [
        ("charged", None, 7, "MX"),
        ("domestic", None, 0, None),
        ("refused", "bad_number", 0, None),
        ("refused", "no_rate", 0, "DE"),
        ("charged", None, 6, "FR"),
    ]
    explanations = [message["explanation"] for message in content["messages"]]
    assert explanations[0] == "1 text × 7 (Mexico, mobile; card Standard, from 1 Jan 2020) = 7"
    assert explanations[1] == "Domestic: part of the plan, costs no international credits."
    assert explanations[2] == "Refused, costs nothing: Not a possible phone number."


def test_a_call_is_answered_in_minutes(api):
    messages = [{"external_id": "c1", "phone": MEXICO, "seconds": 61, "carrier_type": "mobile"}]
    content = api.post(BROADCAST, {"channel": "voice", "messages": messages}).json()["messages"]
    assert content[0]["units"] == 2
    assert content[0]["credits"] == 24
    assert content[0]["explanation"] == (
        "61 s = 2 started minutes × 12 "
        "(Mexico, mobile as stated by the sender; card Standard, from 1 Jan 2020) = 24"
    )


def test_refused_broadcast_reports_its_shortfall(api):
    content = api.post(BROADCAST, texts(*[MEXICO] * 143)).json()
    assert (content["outcome"], content["reason"]) == ("refused", "insufficient_credits")
    assert (content["needed_credits"], content["available_before"], content["shortfall"]) == (
        1001,
        1000,
        1,
    )
    assert {message["reason"] for message in content["messages"]} == {"insufficient_credits"}
    assert content["balance_after"]["available_credits"] == 1000


def test_send_what_fits_charges_part_of_a_broadcast(api):
    content = api.post(BROADCAST, texts(*[MEXICO] * 143, on_insufficient="send_what_fits")).json()
    assert (content["outcome"], content["credits"]) == ("charged", 994)
    assert [message["outcome"] for message in content["messages"]].count("refused") == 1


def test_chat_is_answered_message_by_message(api):
    content = api.post(CHAT, chats("inbound", "outbound", has_image=True)).json()
    assert [m["credits"] for m in content["messages"]] == [4, 4]
    assert content["messages"][0]["explanation"] == (
        "1 MMS inbound (card Standard, from 1 Jan 2020) = 4"
    )
    assert content["balance_after"]["available_credits"] == 992


@pytest.mark.parametrize(
    ("fields", "text_type"),
    [
        ({}, "sms"),
        ({"text_type": "sms"}, "sms"),
        ({"text_type": "mms"}, "mms"),
        ({"has_image": True}, "mms"),
        ({"has_image": True, "text_type": "mms"}, "mms"),
    ],
)
def test_an_image_makes_an_mms(api, fields, text_type):
    assert api.post(CHAT, chats("outbound", **fields)).status_code == 201
    assert ChatMessage.objects.get().text_type == text_type


def test_an_sms_has_no_image(api):
    answer = api.post(CHAT, chats("outbound", has_image=True, text_type="sms"))
    assert list(faults(answer)) == ["messages[0].text_type"]


@pytest.mark.parametrize(
    ("address", "body"), [(BROADCAST, texts(MEXICO)), (CHAT, chats("inbound"))]
)
def test_the_same_request_is_charged_once(api, address, body):
    """Also without `sent_at`, which then differs."""
    first = api.post(address, body, key="k1")
    again = api.post(address, body, key="k1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Charge.objects.count() == 1


def test_a_refusal_is_replayed_after_credits_were_bought(api, location):
    body = texts(*[MEXICO] * 143)
    first = api.post(BROADCAST, body, key="k1")
    funding.purchase(location.pk, 500, key="order", at=timezone.now(), reference="1")
    again = api.post(BROADCAST, body, key="k1")
    assert again.json() == first.json()
    assert api.post(BROADCAST, body, key="k2").json()["outcome"] == "charged"


@pytest.mark.parametrize(
    "other",
    [
        texts(FRANCE),
        texts(MEXICO, on_insufficient="send_what_fits"),
        texts(MEXICO, FRANCE),
        {"channel": "voice", "messages": [{"external_id": "m0", "phone": MEXICO, "seconds": 1}]},
    ],
)
def test_key_cannot_be_reused_for_other_content(api, other):
    api.post(BROADCAST, texts(MEXICO), key="k1")
    assert problem(api.post(BROADCAST, other, key="k1")) == (422, "idempotency_key_reuse")
    assert Charge.objects.count() == 1


def test_key_cannot_be_reused_for_another_operation(api):
    api.post(BROADCAST, texts(MEXICO), key="k1")
    purchase = {"credits": 5, "reference": "1"}
    assert problem(api.post("purchases", purchase, key="k1")) == (422, "idempotency_key_reuse")
    assert problem(api.post(CHAT, chats("inbound"), key="k1")) == (422, "idempotency_key_reuse")


def test_a_malformed_request_uses_up_no_key(api):
    assert faults(api.post(BROADCAST, texts(""), key="k1"))
    assert api.post(BROADCAST, texts(MEXICO), key="k1").status_code == 201


def test_an_external_id_is_charged_once(api):
    api.post(BROADCAST, texts(MEXICO))
    assert problem(api.post(BROADCAST, texts(MEXICO))) == (409, "external_id_taken")
    assert Charge.objects.count() == 1


def test_sent_at_is_stored(api, location):
    sent_at = timezone.now() - dt.timedelta(minutes=5)
    body = texts(MEXICO)
    body["messages"][0]["sent_at"] = sent_at.isoformat()
    assert api.post(BROADCAST, body).status_code == 201
    assert InternationalMessage.objects.get().sent_at == sent_at


@pytest.mark.parametrize("shift", ["+02:00", "-07:30"])
def test_the_same_instant_written_otherwise_is_the_same_request(api, shift):
    sent_at = timezone.now().replace(microsecond=0)
    body = texts(MEXICO)
    body["messages"][0]["sent_at"] = sent_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    api.post(BROADCAST, body, key="k1")
    zone = dt.datetime.strptime(shift, "%z").tzinfo
    body["messages"][0]["sent_at"] = sent_at.astimezone(zone).isoformat()
    assert api.post(BROADCAST, body, key="k1").status_code == 201
    assert Charge.objects.count() == 1


def test_recipient_profiles_are_stored(api):
    body = texts(MEXICO)
    body["messages"][0] |= {"profile": {"First Name": "Zoë"}, "status": "queued"}
    api.post(BROADCAST, body)
    message = InternationalMessage.objects.get()
    assert (message.profile, message.status) == ({"First Name": "Zoë"}, "queued")


def test_a_charge_takes_as_many_statements_however_many_messages(api):
    def statements(count):
        body = texts(*[MEXICO, FRANCE] * count)
        for message in body["messages"]:
            message["external_id"] += f"-{count}"
        return count_statements(lambda: api.post(BROADCAST, body))

    api.post(BROADCAST, texts(MEXICO, FRANCE))
    assert statements(1) == statements(50)
    assert set(Charge.objects.values_list("outcome", flat=True)) == {"charged"}
    assert Entry.objects.exclude(kind="contract_grant").count() == 3
