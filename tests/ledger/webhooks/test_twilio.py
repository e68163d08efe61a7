"""Twilio's callbacks, signed by Twilio's own package."""

import pytest
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from ledger.api import tokens
from ledger.models import Charge, Hold, InternationalMessage
from tests.factories import DOMESTIC, MEXICO

SECRET = "12345678901234567890123456789012"
PUBLIC_URL = "https://credits.example.com"
TEXT = {
    "AccountSid": "AC00000000000000000000000000000001",
    "ApiVersion": "2010-04-01",
    "From": "+12015550199",
    "MessageSid": "SM00000000000000000000000000000001",
    "SmsSid": "SM00000000000000000000000000000001",
    "To": MEXICO,
}
CALL = {
    "AccountSid": "AC00000000000000000000000000000001",
    "CallSid": "CA00000000000000000000000000000001",
    "CallbackSource": "call-progress-events",
    "Direction": "outbound-api",
    "From": "+12015550199",
    "To": MEXICO,
}


@pytest.fixture
def twilio(settings, location):
    settings.TWILIO_AUTH_TOKEN = SECRET
    settings.PUBLIC_URL = PUBLIC_URL
    token = tokens.create("Twilio", at=timezone.now(), scopes=["charge"], location=location)

    def send(form, *, secret=token.secret, signed_with=SECRET, signed=None, **fields):
        path = f"/callbacks/twilio/{secret}"
        form = form | fields
        signature = RequestValidator(signed_with).compute_signature(
            PUBLIC_URL + path, form if signed is None else signed
        )
        return Client(raise_request_exception=False).post(
            path, form, headers={"X-Twilio-Signature": signature}
        )

    return send


def messages():
    return list(
        InternationalMessage.objects.values_list("external_id", "credits", "status", "outcome")
    )


def test_sent_text_is_charged_and_its_status_updated(twilio):
    for status in ("queued", "sent", "delivered"):
        assert twilio(TEXT, MessageStatus=status).status_code == 204
    assert messages() == [(TEXT["MessageSid"], 7, "delivered", "charged")]


@pytest.mark.parametrize(
    "order", [("delivered", "sent"), ("sent", "sent", "delivered", "delivered", "sent")]
)
def test_repeated_and_late_reports_change_nothing(twilio, order):
    for status in order:
        assert twilio(TEXT, MessageStatus=status).status_code == 204
    assert messages() == [(TEXT["MessageSid"], 7, "delivered", "charged")]
    assert Charge.objects.count() == 1


@pytest.mark.parametrize("status", ["queued", "sending", "failed", "canceled", "partying"])
def test_a_text_that_was_not_sent_is_not_charged(twilio, status):
    assert twilio(TEXT, MessageStatus=status, ErrorCode="30006").status_code == 204
    assert not Charge.objects.exists()


def test_error_code_is_stored(twilio):
    twilio(TEXT, MessageStatus="sent")
    twilio(TEXT, MessageStatus="undelivered", ErrorCode="30003")
    message = InternationalMessage.objects.get()
    assert (message.status, message.status_detail) == ("undelivered", "error 30003")


def test_a_domestic_text_costs_nothing(twilio):
    assert twilio(TEXT, To=DOMESTIC, MessageStatus="delivered").status_code == 204
    assert not InternationalMessage.objects.exists()


def test_a_call_is_held_for_and_settled(twilio):
    for status in ("initiated", "ringing", "in-progress"):
        assert twilio(CALL, CallStatus=status).status_code == 204
    assert Hold.objects.get().credits == 24
    for _ in range(2):
        assert twilio(CALL, CallStatus="completed", CallDuration="61").status_code == 204
    assert messages() == [(CALL["CallSid"], 24, "completed", "charged")]
    assert Hold.objects.get().state == "settled"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_an_unanswered_call_costs_nothing_and_frees_its_hold(twilio, status):
    twilio(CALL, CallStatus="initiated")
    twilio(CALL, CallStatus=status)
    assert messages() == [(CALL["CallSid"], 0, status, "charged")]
    assert Hold.objects.get().state == "settled"


def test_call_end_reported_first_is_charged_once(twilio):
    twilio(CALL, CallStatus="completed", CallDuration="30")
    twilio(CALL, CallStatus="initiated")
    twilio(CALL, CallStatus="completed", CallDuration="30")
    assert messages() == [(CALL["CallSid"], 12, "completed", "charged")]
    assert not Hold.objects.exists()


def test_an_inbound_call_costs_nothing(twilio):
    inbound = CALL | {"Direction": "inbound"}
    assert twilio(inbound, CallStatus="completed", CallDuration="30").status_code == 204
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    "options", [{"signed_with": "another"}, {"signed": TEXT | {"To": DOMESTIC}}, {"signed": {}}]
)
def test_a_callback_that_twilio_did_not_sign_is_refused(twilio, options):
    answer = twilio(TEXT | {"MessageStatus": "delivered"}, **options)
    assert (answer.status_code, answer.json()["code"]) == (403, "signature_invalid")
    assert not Charge.objects.exists()


def test_callbacks_are_off_by_default(twilio, settings):
    settings.TWILIO_AUTH_TOKEN = ""
    assert twilio(TEXT, MessageStatus="delivered").status_code == 404


def test_a_token_names_one_location(twilio):
    for scopes in (["charge"], ["read"]):
        token = tokens.create("All", at=timezone.now(), scopes=scopes)
        assert twilio(TEXT, secret=token.secret, MessageStatus="sent").status_code == 404
    assert twilio(TEXT, secret="rfc_unknown", MessageStatus="sent").status_code == 404
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"To": MEXICO}, "MessageSid"),
        (CALL | {"CallStatus": "completed", "CallDuration": "-1"}, "CallDuration"),
        (CALL | {"CallStatus": "completed", "CallDuration": "９"}, "CallDuration"),
        (CALL | {"CallStatus": "completed", "CallDuration": "999999"}, "messages[0].seconds"),
        (TEXT | {"MessageStatus": "sent", "To": ""}, "messages[0].phone"),
        (TEXT | {"MessageStatus": "sent", "To": "+1\x00"}, "messages[0].phone"),
    ],
)
def test_a_malformed_callback_names_its_field(twilio, form, field):
    answer = twilio(form)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_the_log_holds_neither_token_nor_number(twilio, caplog):
    answer = twilio(TEXT, MessageStatus="delivered", signed_with="another")
    assert answer.status_code == 403
    assert "rfc_" not in caplog.text
    assert MEXICO not in caplog.text
