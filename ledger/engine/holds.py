"""Holds: credits set aside for calls in progress (docs/domain.md, rule 11).

Expiry counts from `expires_at`, whether or not `expire_holds` has recorded it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from ledger.engine import charging, posting, rating, renewals
from ledger.engine.charge_requests import (
    MAX_CALL_SECONDS,
    ChargeResult,
    InternationalRequest,
    fingerprint_values,
)
from ledger.engine.charge_results import load_result
from ledger.engine.posting import BadInput, LedgerError
from ledger.models import Balance, Charge, Hold, HoldKind, HoldState, OverRule, Refusal
from locations.contracts.terms import load_terms
from locations.models import CarrierType, Channel

MAX_CREDITS = 1_000_000
MAX_HOLD_SECONDS = 7 * 24 * 3600


class UnknownHold(LedgerError):
    """No hold has this id."""


class HoldEnded(LedgerError):
    """The hold has ended in another way, with this `state`."""

    def __init__(self, state: str) -> None:
        super().__init__(f"The hold is {state}: it cannot end a second time.")
        self.state = state


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """`replayed` if an earlier request with the same key created the hold."""

    hold: Hold
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    phone: str
    expected_seconds: int
    carrier_type: str | None = None


def hold(
    location_id: int,
    *,
    call: PlannedCall | None = None,
    credits: int | None = None,
    over_rule: str = OverRule.REFUSE,
    seconds_to_live: int,
    key: str,
    at: dt.datetime,
) -> PlacedHold:
    """Hold credits for a call, at the price of today, or a given number of credits.

    A hold that does not fit, or a number that cannot be called, is stored as refused. A domestic
    call holds 0 credits. Raises BadInput, KeyReused and UnknownLocation.
    """
    posting.check_key(key)
    _check(call, credits, over_rule, seconds_to_live)
    fingerprint = posting.fingerprint(
        [
            "hold",
            [call.phone, call.expected_seconds, call.carrier_type] if call else None,
            credits,
            over_rule,
            seconds_to_live,
        ]
    )
    with transaction.atomic():
        renewals.renew_if_due(location_id, at=at)
        # Lock: a concurrent hold or charge must not take the same credits.
        Balance.objects.select_for_update().get(location_id=location_id)
        earlier = posting.find_by_key(Hold, location_id, key, fingerprint)
        if earlier is not None:
            return PlacedHold(earlier, replayed=True)
        renewals.renew(location_id, at=at)
        available = Balance.objects.as_of(at).get(location_id=location_id).available
        terms = load_terms(location_id)
        contract = terms.contract_on(terms.local_day(at))
        rated = rating.Rated(credits=credits or 0)
        if call is not None:
            rated = rating.rate(
                charging.Tariff(terms).price_list_on(terms.local_day(at)),
                phone=call.phone,
                channel=Channel.VOICE,
                seconds=call.expected_seconds,
                carrier_type=call.carrier_type,
            )
        refusal = rated.refusal
        overdraft = contract.overdraft_limit if contract else 0
        if not refusal and rated.credits and available - rated.credits < -overdraft:
            refusal = Refusal.INSUFFICIENT_CREDITS
        created = Hold.objects.create(
            location_id=location_id,
            key=key,
            fingerprint=fingerprint,
            kind=HoldKind.CALL if call else HoldKind.AMOUNT,
            credits=rated.credits,
            over_rule=over_rule,
            phone=call.phone if call else "",
            carrier_type=(call.carrier_type or "") if call else "",
            expected_seconds=call.expected_seconds if call else None,
            at=at,
            expires_at=at + dt.timedelta(seconds=seconds_to_live),
            state=HoldState.REFUSED if refusal else HoldState.OPEN,
            refusal=refusal,
            ended_at=at if refusal else None,
            available_before=available,
        )
    return PlacedHold(created, replayed=False)


def settle(
    hold_id: int,
    channel: str,
    messages: Sequence[InternationalRequest],
    *,
    key: str,
    at: dt.datetime,
    fingerprint: bytes | None = None,
) -> ChargeResult:
    """Charge the messages that a hold was for, and free the rest of it.

    The same settlement again returns the first result, whatever its key; `fingerprint` is as in
    `charge_broadcast`. Raises UnknownHold, HoldEnded, charging.HoldExceeded and what
    `charge_broadcast` raises; nothing is written then.
    """
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise UnknownHold(f"There is no hold {hold_id}.")
    if hold.kind == HoldKind.CALL:
        if channel != Channel.VOICE or len(messages) != 1:
            raise BadInput("messages", "a hold for a call is settled with that one call.")
        if messages[0].phone != hold.phone:
            raise BadInput("messages[0].phone", "is not the number that the hold is for.")
    fingerprint = fingerprint or posting.fingerprint(
        ["settle", hold_id, channel, fingerprint_values(messages)]
    )
    first = _first_settlement(hold, fingerprint)
    if first is not None:
        return load_result(first.pk, messages)
    try:
        return charging.charge_broadcast(
            hold.location_id, channel, messages, key=key, at=at, settles=(hold.pk, fingerprint)
        )
    except charging.HoldNotOpen:
        hold.refresh_from_db()
        # A concurrent request may have settled it in the same way.
        first = _first_settlement(hold, fingerprint)
        if first is not None:
            return load_result(first.pk, messages)
        raise HoldEnded(hold.state_at(at)) from None


def release(hold_id: int, *, at: dt.datetime) -> Hold:
    """End a hold without a charge; releasing it again changes nothing.

    Raises UnknownHold, and HoldEnded where it was settled, refused or has expired.
    """
    location_id = Hold.objects.filter(pk=hold_id).values_list("location_id", flat=True).first()
    if location_id is None:
        raise UnknownHold(f"There is no hold {hold_id}.")
    with transaction.atomic():
        # Lock: a concurrent settlement must come before or after the release.
        Balance.objects.select_for_update().get(location_id=location_id)
        hold = Hold.objects.get(pk=hold_id)
        state = hold.state_at(at)
        if state == HoldState.OPEN:
            hold.state, hold.ended_at = HoldState.RELEASED, at
            hold.save(update_fields=["state", "ended_at"])
        elif state != HoldState.RELEASED:
            raise HoldEnded(state)
    return hold


def expire_holds(*, at: dt.datetime) -> int:
    count = 0
    for location_id in set(Hold.objects.overdue(at).values_list("location_id", flat=True)):
        with transaction.atomic():
            Balance.objects.select_for_update().get(location_id=location_id)
            overdue = Hold.objects.overdue(at).filter(location_id=location_id)
            count += overdue.update(state=HoldState.EXPIRED, ended_at=at)
    return count


def _first_settlement(hold: Hold, fingerprint: bytes) -> Charge | None:
    if hold.settlement_fingerprint is None or bytes(hold.settlement_fingerprint) != fingerprint:
        return None
    return Charge.objects.get(hold=hold)


def _check(
    call: PlannedCall | None, credits: int | None, over_rule: str, seconds_to_live: int
) -> None:
    if (call is None) == (credits is None):
        raise BadInput("credits", "give either a call or a number of credits.")
    if credits is not None and not 1 <= credits <= MAX_CREDITS:
        raise BadInput("credits", f"must be from 1 to {MAX_CREDITS:,}.")
    if call is not None:
        posting.check_text("phone", call.phone, max_length=32, required=True)
        if not 0 <= call.expected_seconds <= MAX_CALL_SECONDS:
            raise BadInput("expected_seconds", f"must be from 0 to {MAX_CALL_SECONDS:,}.")
        if call.carrier_type is not None and call.carrier_type not in CarrierType.values:
            raise BadInput("carrier_type", "must be mobile or landline.")
    if over_rule not in OverRule.values:
        raise BadInput("over", "must be refuse, cap or overflow.")
    if not 1 <= seconds_to_live <= MAX_HOLD_SECONDS:
        raise BadInput("seconds_to_live", f"must be from 1 to {MAX_HOLD_SECONDS:,}.")
