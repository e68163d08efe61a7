from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api import explanations
from ledger.api.auth import Bearer, require_location
from ledger.api.charges import serialize_charge
from ledger.api.idempotency import Key, set_lock_timeout
from ledger.api.parsers import MAX_INTEGER
from ledger.api.problems import ApiProblem
from ledger.api.responses import json_response, reject_unknown_parameters
from ledger.api.schemas.charges import ChargeAnswer
from ledger.api.schemas.holds import Hold as HoldSchema
from ledger.api.schemas.holds import HoldAnswer, HoldRequest, Settlement
from ledger.engine import holds, posting
from ledger.engine.charge_requests import InternationalRequest
from ledger.models import Hold, HoldState, Scope

router = Router(tags=["Holds"], auth=Bearer(Scope.CHARGE))


@router.post("locations/{int:location_id}/holds", response={201: HoldAnswer})
def hold(
    request: HttpRequest, location_id: int, idempotency_key: Key, body: HoldRequest
) -> HttpResponse:
    """Set credits aside until the hold is settled, released or expires.

    What does not fit is refused, as an answer. A domestic call holds nothing.
    """
    set_lock_timeout()
    result = holds.hold(
        require_location(request, location_id),
        call=holds.PlannedCall(**body.call.model_dump()) if body.call else None,
        credits=body.credits,
        over_rule=body.over,
        seconds_to_live=body.seconds_to_live,
        key=idempotency_key,
        at=timezone.now(),
    )
    created = result.hold
    return json_response(
        {
            "hold_id": created.pk,
            "outcome": "refused" if created.refusal else "held",
            "reason": created.refusal or None,
            "credits": created.credits,
            "over": created.over_rule,
            "expires_at": created.expires_at,
            "available_before": created.available_before,
            "available_after": created.available_before
            - (0 if created.refusal else created.credits),
        },
        status=201,
        replayed=result.replayed,
    )


@router.get("holds/{int:hold_id}", response=HoldSchema, auth=Bearer(Scope.READ))
def get_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """A hold as it is now: one whose time is over has expired, whoever noticed."""
    reject_unknown_parameters(request.GET.keys(), set())
    return _reply(Hold.objects.get(pk=_require_hold(request, hold_id)))


@router.post("holds/{int:hold_id}/settle", response={201: ChargeAnswer})
def settle_hold(
    request: HttpRequest, hold_id: int, idempotency_key: Key, body: Settlement
) -> HttpResponse:
    """End a hold with what really happened: that is charged, and the rest is free again.

    A hold ends exactly once. The same settlement again gets the first answer; any other ending
    is `hold_ended`.
    """
    at = timezone.now()
    set_lock_timeout()
    answer = holds.settle(
        _require_hold(request, hold_id),
        body.channel,
        [InternationalRequest(**({"sent_at": at} | message)) for message in body.messages],
        key=idempotency_key,
        at=at,
        fingerprint=posting.fingerprint(["settle", hold_id, body.channel, body.messages]),
    )
    explained = explanations.explain_broadcast(answer.charge_id)
    return json_response(serialize_charge(answer, explained), status=201, replayed=answer.replayed)


@router.post("holds/{int:hold_id}/release", response=HoldSchema)
def release_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """End a hold without a charge. Releasing it again answers the same; it takes no key."""
    set_lock_timeout()
    return _reply(holds.release(_require_hold(request, hold_id), at=timezone.now()))


def _require_hold(request: HttpRequest, hold_id: int) -> int:
    """Return the id. A hold outside the token's reach is reported as not existing."""
    matches = Hold.objects.filter(pk=min(hold_id, MAX_INTEGER))
    location_id = matches.values_list("location_id", flat=True).first()
    if location_id is None or not request.auth.covers(location_id):  # type: ignore[attr-defined]
        raise ApiProblem("hold_not_found")
    return hold_id


def _reply(hold: Hold) -> HttpResponse:
    state = hold.state_at(timezone.now())
    ended_at = hold.expires_at if state == HoldState.EXPIRED else hold.ended_at
    return json_response(
        {
            "hold_id": hold.pk,
            "location_id": hold.location_id,
            "kind": hold.kind,
            "state": state,
            "credits": hold.credits,
            "over": hold.over_rule,
            "expires_at": hold.expires_at,
            "ended_at": ended_at,
        }
    )
