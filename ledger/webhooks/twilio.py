"""Twilio's message and call status callbacks.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
https://www.twilio.com/docs/voice/api/call-resource#statuscallbackevent
"""

from collections.abc import Mapping

from django.conf import settings

from ledger.engine.posting import BadInput
from ledger.webhooks.events import CallEvent, TextEvent

NAME = "twilio"
SIGNATURE = "X-Twilio-Signature"
# Along the life of a text; what ends it comes last.
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
SENT = ("sent", "delivered", "undelivered", "read")
CALL_BEGUN = ("queued", "initiated", "ringing", "in-progress")
CALL_UNANSWERED = ("busy", "failed", "no-answer", "canceled")


def is_enabled() -> bool:
    return bool(settings.TWILIO_AUTH_TOKEN)


def is_genuine(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """Whether Twilio signed this form for this public address."""
    # Of the `twilio` extra: the settings refuse its token where it is not installed.
    from twilio.request_validator import RequestValidator  # noqa: PLC0415

    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return bool(validator.validate(url, form, headers.get(SIGNATURE, "")))


def event_of(form: Mapping[str, str]) -> TextEvent | CallEvent | None:
    """What the callback reports; None for what costs nothing here. Raises BadInput."""
    if "CallSid" in form:
        return _call(form)
    if "MessageSid" in form:
        return _text(form)
    raise BadInput("MessageSid", "is missing, and so is CallSid.")


def _text(form: Mapping[str, str]) -> TextEvent | None:
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
        was_sent=status in SENT,
    )


def _call(form: Mapping[str, str]) -> CallEvent | None:
    status = form.get("CallStatus", "")
    if form.get("Direction", "").startswith("inbound"):
        return None
    seconds: int | None
    if status in CALL_BEGUN:
        seconds = None
    elif status in CALL_UNANSWERED:
        seconds = 0
    elif status == "completed":
        seconds = _seconds(form.get("CallDuration", ""))
    else:
        return None
    return CallEvent(
        provider=NAME, id=form["CallSid"], phone=form.get("To", ""), status=status, seconds=seconds
    )


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise BadInput("CallDuration", "must be the call's length in whole seconds.")
    return int(text)
