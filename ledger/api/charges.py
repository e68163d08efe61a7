from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api import explanations
from ledger.api.auth import Bearer, require_location
from ledger.api.explanations import DOMESTIC, MessageExplanation
from ledger.api.idempotency import Key, set_lock_timeout
from ledger.api.responses import json_response, serialize_credits
from ledger.api.schemas.charges import Broadcast, ChargeAnswer, ChatMessage, ChatMessages
from ledger.engine import charging, posting
from ledger.engine.charge_requests import ChargeResult, ChatRequest, InternationalRequest
from ledger.engine.posting import BadInput
from ledger.models import ChargeKind, Scope

router = Router(tags=["Charging"], auth=Bearer(Scope.CHARGE))


@router.post("locations/{int:location_id}/international-messages", response={201: ChargeAnswer})
def charge_international_messages(
    request: HttpRequest, location_id: int, idempotency_key: Key, body: Broadcast
) -> HttpResponse:
    """Charge one broadcast of texts or calls, whole or not at all, before it goes out.

    A refusal is an answer, not an error: read `outcome`. Numbers that are not possible or not
    priced are refused by name and the others go on; domestic ones are part of the plan.
    """
    at = timezone.now()
    set_lock_timeout()
    answer = charging.charge_broadcast(
        require_location(request, location_id),
        body.channel,
        [InternationalRequest(**({"sent_at": at} | message)) for message in body.messages],
        key=idempotency_key,
        at=at,
        on_insufficient=body.on_insufficient,
        fingerprint=posting.fingerprint([body.channel, body.on_insufficient, body.messages]),
    )
    return _reply(answer, explanations.explain_answer(answer, body.channel))


@router.post("locations/{int:location_id}/chat-messages", response={201: ChargeAnswer})
def charge_chat_messages(
    request: HttpRequest, location_id: int, idempotency_key: Key, body: ChatMessages
) -> HttpResponse:
    """Charge chat messages, judged one by one in the order given.

    An inbound message has arrived already: it is charged whatever the balance.
    """
    at = timezone.now()
    set_lock_timeout()
    answer = charging.charge_chat(
        require_location(request, location_id),
        [_chat(number, {"sent_at": at} | message) for number, message in enumerate(body.messages)],
        key=idempotency_key,
        at=at,
        fingerprint=posting.fingerprint([ChargeKind.CHAT, body.messages]),
    )
    return _reply(answer, explanations.explain_chat_charge(answer.charge_id))


def _chat(number: int, message: ChatMessage) -> ChatRequest:
    fields: dict[str, Any] = {"content": "", **message}
    text_type = fields.pop("text_type", None)
    if text_type == "sms" and fields.get("has_image"):
        raise BadInput(f"messages[{number}].text_type", "is mms where the message has an image.")
    if text_type == "mms":
        fields["has_image"] = True
    return ChatRequest(**fields)


def _reply(answer: ChargeResult, explained: dict[int, MessageExplanation]) -> HttpResponse:
    return json_response(serialize_charge(answer, explained), status=201, replayed=answer.replayed)


def serialize_charge(
    answer: ChargeResult, explained: dict[int, MessageExplanation]
) -> dict[str, Any]:
    total_before = answer.contract_after + answer.purchased_after + answer.credits
    return {
        "charge_id": answer.charge_id,
        "outcome": answer.outcome,
        "reason": answer.refusal or None,
        "credits": answer.credits,
        "needed_credits": answer.needed,
        "available_before": answer.available_before,
        "shortfall": answer.shortfall,
        "balance_after": serialize_credits(
            answer.contract_after,
            answer.purchased_after,
            held=total_before - answer.available_before,
            overdraft_limit=answer.overdraft_limit,
        ),
        "messages": _serialize_messages(answer.messages, explained),
    }


def _serialize_messages(
    messages: Sequence[Any], explained: dict[int, MessageExplanation]
) -> list[dict[str, Any]]:
    rows = []
    for position, message in enumerate(messages):
        explanation = explained.get(position, DOMESTIC)
        rows.append(
            {
                "external_id": message.external_id,
                "outcome": message.outcome,
                "reason": message.refusal or None,
                "units": explanation.units,
                "credits": message.credits,
                "country": explanation.country,
                "carrier_type": explanation.carrier_type,
                "explanation": explanation.sentence,
            }
        )
    return rows
