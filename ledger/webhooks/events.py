"""Record provider events. They may be repeated, late and out of order; each is charged once."""

import contextlib
import datetime as dt
from dataclasses import dataclass

from ledger.engine import charging, delivery_reports, holds, posting
from ledger.engine.charge_requests import InternationalRequest
from ledger.engine.delivery_reports import DeliveryReport
from ledger.models import Charge, Hold, InternationalMessage, OverRule
from locations.models import Channel

# The duration that a hold covers; the real cost is charged when the call ends.
EXPECTED_SECONDS = 120
MAX_CALL_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    provider: str
    id: str
    phone: str
    status: str

    @property
    def key(self) -> str:
        return f"{self.provider}-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEvent(ProviderEvent):
    """`order` ranks the statuses of a text: a lower one than the stored one is outdated."""

    detail: str = ""
    order: dict[str, int]
    was_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent(ProviderEvent):
    """`seconds` is None while the call lasts, 0 if it was not answered."""

    seconds: int | None


def record_event(location_id: int, event: TextEvent | CallEvent, *, at: dt.datetime) -> None:
    if isinstance(event, TextEvent):
        _record_text(location_id, event, at)
    elif event.seconds is None:
        _hold_for_call(location_id, event, at)
    else:
        _charge_call(location_id, event, event.seconds, at)


def _record_text(location_id: int, event: TextEvent, at: dt.datetime) -> None:
    if event.was_sent:
        charging.charge_broadcast(
            location_id,
            Channel.TEXT,
            [InternationalRequest(external_id=event.id, phone=event.phone, sent_at=at)],
            key=event.key,
            at=at,
            fingerprint=posting.fingerprint([event.provider, "text", event.id, event.phone]),
        )
    messages = InternationalMessage.objects.filter(location_id=location_id, external_id=event.id)
    status = messages.values_list("status", flat=True).first()
    if status is not None and event.order.get(event.status, 0) > event.order.get(status, -1):
        report = DeliveryReport(
            external_id=event.id, status=event.status, status_detail=event.detail, status_at=at
        )
        delivery_reports.record_reports(location_id, [report], at=at)


def _hold_for_call(location_id: int, event: CallEvent, at: dt.datetime) -> None:
    # The end of the call may have been reported first.
    if Charge.objects.filter(location_id=location_id, key=event.key).exists():
        return
    holds.hold(
        location_id,
        call=holds.PlannedCall(phone=event.phone, expected_seconds=EXPECTED_SECONDS),
        over_rule=OverRule.OVERFLOW,
        seconds_to_live=MAX_CALL_SECONDS,
        key=f"{event.key}-hold",
        at=at,
    )


def _charge_call(location_id: int, event: CallEvent, seconds: int, at: dt.datetime) -> None:
    call = InternationalRequest(
        external_id=event.id,
        phone=event.phone,
        sent_at=at,
        seconds=seconds,
        status=event.status,
        status_at=at,
    )
    fingerprint = posting.fingerprint([event.provider, "call", event.id, event.phone, seconds])
    hold = Hold.objects.filter(location_id=location_id, key=f"{event.key}-hold").first()
    if hold is not None:
        # An expired, refused or too small hold: charge the call without it.
        with contextlib.suppress(holds.HoldEnded, charging.HoldExceeded):
            holds.settle(
                hold.pk, Channel.VOICE, [call], key=event.key, at=at, fingerprint=fingerprint
            )
            return
    charging.charge_broadcast(
        location_id, Channel.VOICE, [call], key=event.key, at=at, fingerprint=fingerprint
    )
