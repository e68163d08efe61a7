"""Twilio's message and call status callbacks.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
https://www.twilio.com/docs/voice/api/call-resource#statuscallbackevent
"""

from collections.abc import Mapping

from django.conf import settings

from ledger.engine.posting import BadInput
from ledger.webhooks.events import CallEvent, TextEvent

NAME = "twilio"
SIGNATURE_HEADER = "X-Twilio-Signature"
# Rank of each text status; final ones are highest.
ORDER = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "canceled": 4,
    "failed": 4,
    "undelivered": 4,
    "delivered": 4,
    "read": 5,
}
SENT_STATUSES = ("sent", "delivered", "undelivered", "read")
CALL_OPEN_STATUSES = ("queued", "initiated", "ringing", "in-progress")
CALL_UNANSWERED_STATUSES = ("busy", "failed", "no-answer", "canceled")


def is_enabled() -> bool:
    return bool(settings.TWILIO_AUTH_TOKEN)


def is_genuine(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    # From the `twilio` extra; settings refuse the token where it is not installed.
    from twilio.request_validator import RequestValidator  # noqa: PLC0415

    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return bool(validator.validate(url, form, headers.get(SIGNATURE_HEADER, "")))


def parse_event(form: Mapping[str, str]) -> TextEvent | CallEvent | None:
    """Return None for an event that costs nothing. Raises BadInput."""
    if "CallSid" in form:
        return _parse_call(form)
    if "MessageSid" in form:
        return _parse_text(form)
    raise BadInput("MessageSid", "is missing, and so is CallSid.")


def _parse_text(form: Mapping[str, str]) -> TextEvent | None:
    status = form.get("MessageStatus", "")
    if status not in ORDER:
        return None
    error = form.get("ErrorCode", "")
    return TextEvent(
        provider=NAME,
        id=form["MessageSid"],
        phone=form.get("To", ""),
        status=status,
        detail=f"error {error}" if error else "",
        order=ORDER,
        was_sent=status in SENT_STATUSES,
    )


def _parse_call(form: Mapping[str, str]) -> CallEvent | None:
    status = form.get("CallStatus", "")
    if form.get("Direction", "").startswith("inbound"):
        return None
    seconds: int | None
    if status in CALL_OPEN_STATUSES:
        seconds = None
    elif status in CALL_UNANSWERED_STATUSES:
        seconds = 0
    elif status == "completed":
        seconds = _parse_seconds(form.get("CallDuration", ""))
    else:
        return None
    return CallEvent(
        provider=NAME, id=form["CallSid"], phone=form.get("To", ""), status=status, seconds=seconds
    )


def _parse_seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise BadInput("CallDuration", "must be the call's length in whole seconds.")
    return int(text)
