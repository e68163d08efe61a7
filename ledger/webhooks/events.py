"""What a provider reports, in our words, and what the ledger makes of it.

A provider repeats its reports, sends them late and in any order. Each text and each call is
charged once, under a key made of the provider's own id.
"""

import contextlib
import datetime as dt
from dataclasses import dataclass

from ledger.engine import charging, delivery_reports, holds, posting
from ledger.engine.charge_requests import International
from ledger.engine.delivery_reports import DeliveryReport
from ledger.models import Charge, Hold, InternationalMessage, OverRule
from locations.models import Channel

# A call is held for as if it lasted this long; what it really cost is charged when it ends.
EXPECTED_SECONDS = 120
LONGEST_CALL_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEvent:
    """A text has come so far. `order` grows along a text's life: a report of less is old."""

    provider: str
    id: str
    phone: str
    status: str
    detail: str = ""
    order: dict[str, int]
    was_sent: bool

    @property
    def key(self) -> str:
        return f"{self.provider}-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """A call has begun (`seconds` is None) or has ended after so many seconds; 0: unanswered."""

    provider: str
    id: str
    phone: str
    status: str
    seconds: int | None

    @property
    def key(self) -> str:
        return f"{self.provider}-{self.id}"


def take(location_id: int, event: TextEvent | CallEvent, *, at: dt.datetime) -> None:
    """Charge, hold, settle or note what a provider reports; again: nothing more happens.

    Raises what `charging.charge_broadcast` and `holds.hold` raise.
    """
    if isinstance(event, TextEvent):
        _take_text(location_id, event, at)
    elif event.seconds is None:
        _take_beginning(location_id, event, at)
    else:
        _take_end(location_id, event, event.seconds, at)


def _take_text(location_id: int, event: TextEvent, at: dt.datetime) -> None:
    if event.was_sent:
        charging.charge_broadcast(
            location_id,
            Channel.TEXT,
            [International(external_id=event.id, phone=event.phone, sent_at=at)],
            key=event.key,
            at=at,
            content=posting.fingerprint([event.provider, "text", event.id, event.phone]),
        )
    known = InternationalMessage.objects.filter(location_id=location_id, external_id=event.id)
    status = known.values_list("status", flat=True).first()
    if status is not None and event.order.get(event.status, 0) > event.order.get(status, -1):
        report = DeliveryReport(
            external_id=event.id, status=event.status, status_detail=event.detail, status_at=at
        )
        delivery_reports.report(location_id, [report], at=at)


def _take_beginning(location_id: int, event: CallEvent, at: dt.datetime) -> None:
    # The report of its end may have overtaken this one.
    if Charge.objects.filter(location_id=location_id, key=event.key).exists():
        return
    holds.hold(
        location_id,
        call=holds.Call(phone=event.phone, expected_seconds=EXPECTED_SECONDS),
        over_rule=OverRule.OVERFLOW,
        seconds_to_live=LONGEST_CALL_SECONDS,
        key=f"{event.key}-hold",
        at=at,
    )


def _take_end(location_id: int, event: CallEvent, seconds: int, at: dt.datetime) -> None:
    call = International(
        external_id=event.id,
        phone=event.phone,
        sent_at=at,
        seconds=seconds,
        status=event.status,
        status_at=at,
    )
    content = posting.fingerprint([event.provider, "call", event.id, event.phone, seconds])
    held = Hold.objects.filter(location_id=location_id, key=f"{event.key}-hold").first()
    if held is not None:
        # One that expired, was refused or holds too little: what happened is charged all the same.
        with contextlib.suppress(holds.HoldEnded, charging.OverHold):
            holds.settle(held.pk, Channel.VOICE, [call], key=event.key, at=at, content=content)
            return
    charging.charge_broadcast(
        location_id, Channel.VOICE, [call], key=event.key, at=at, content=content
    )
