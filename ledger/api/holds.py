"""Holds: made, looked at, settled, released."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api import explanations
from ledger.api.auth import Bearer, within_reach
from ledger.api.charges import charge_of
from ledger.api.idempotency import Key, wait_no_longer
from ledger.api.parsers import MOST_INTEGER
from ledger.api.problems import Problem
from ledger.api.responses import refuse_unknown, reply
from ledger.api.schemas.charges import ChargeAnswer
from ledger.api.schemas.holds import Hold as HoldNow
from ledger.api.schemas.holds import HoldAnswer, HoldRequest, Settlement
from ledger.engine import holds, posting
from ledger.engine.charge_requests import International
from ledger.models import Hold, HoldState, Scope

router = Router(tags=["Holds"], auth=Bearer(Scope.CHARGE))


@router.post("locations/{int:location_id}/holds", response={201: HoldAnswer})
def hold(
    request: HttpRequest, location_id: int, idempotency_key: Key, body: HoldRequest
) -> HttpResponse:
    """Set credits aside until the hold is settled, released or expires.

    What does not fit is refused, as an answer. A domestic call holds nothing.
    """
    wait_no_longer()
    held = holds.hold(
        within_reach(request, location_id),
        call=holds.Call(**body.call.model_dump()) if body.call else None,
        credits=body.credits,
        over_rule=body.over,
        seconds_to_live=body.seconds_to_live,
        key=idempotency_key,
        at=timezone.now(),
    )
    made = held.hold
    return reply(
        {
            "hold_id": made.pk,
            "outcome": "refused" if made.refusal else "held",
            "reason": made.refusal or None,
            "credits": made.credits,
            "over": made.over_rule,
            "expires_at": made.expires_at,
            "available_before": made.available_before,
            "available_after": made.available_before - (0 if made.refusal else made.credits),
        },
        status=201,
        replayed=held.replayed,
    )


@router.get("holds/{int:hold_id}", response=HoldNow, auth=Bearer(Scope.READ))
def get_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """A hold as it is now: one whose time is over has expired, whoever noticed."""
    refuse_unknown(request.GET.keys(), set())
    return _told(Hold.objects.get(pk=_hold_within_reach(request, hold_id)))


@router.post("holds/{int:hold_id}/settle", response={201: ChargeAnswer})
def settle_hold(
    request: HttpRequest, hold_id: int, idempotency_key: Key, body: Settlement
) -> HttpResponse:
    """End a hold with what really happened: that is charged, and the rest is free again.

    A hold ends exactly once. The same settlement again gets the first answer; any other ending
    is `hold_ended`.
    """
    at = timezone.now()
    wait_no_longer()
    answer = holds.settle(
        _hold_within_reach(request, hold_id),
        body.channel,
        [International(**({"sent_at": at} | message)) for message in body.messages],
        key=idempotency_key,
        at=at,
        content=posting.fingerprint(["settle", hold_id, body.channel, body.messages]),
    )
    whys = explanations.of_broadcast(answer.charge_id)
    return reply(charge_of(answer, whys), status=201, replayed=answer.replayed)


@router.post("holds/{int:hold_id}/release", response=HoldNow)
def release_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """End a hold without a charge. Releasing it again answers the same; it takes no key."""
    wait_no_longer()
    return _told(holds.release(_hold_within_reach(request, hold_id), at=timezone.now()))


def _hold_within_reach(request: HttpRequest, hold_id: int) -> int:
    """The hold's id, where the token reaches its location; elsewhere as if there were none."""
    found = Hold.objects.filter(pk=min(hold_id, MOST_INTEGER)).values_list("location_id", flat=True)
    location_id = found.first()
    if location_id is None or not request.auth.reaches(location_id):  # type: ignore[attr-defined]
        raise Problem("hold_not_found")
    return hold_id


def _told(found: Hold) -> HttpResponse:
    state = found.state_at(timezone.now())
    ended_at = found.expires_at if state == HoldState.EXPIRED else found.ended_at
    return reply(
        {
            "hold_id": found.pk,
            "location_id": found.location_id,
            "kind": found.kind,
            "state": state,
            "credits": found.credits,
            "over": found.over_rule,
            "expires_at": found.expires_at,
            "ended_at": ended_at,
        }
    )
