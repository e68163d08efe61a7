"""Broadcasts and chat messages, charged."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api import explanations
from ledger.api.auth import Bearer, within_reach
from ledger.api.explanations import DOMESTIC, Why
from ledger.api.idempotency import Key, wait_no_longer
from ledger.api.responses import credits_of, reply
from ledger.api.schemas.charges import Broadcast, ChargeAnswer, ChatMessage, ChatMessages
from ledger.engine import charging, posting
from ledger.engine.charge_requests import Answer, Chat, International
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
    wait_no_longer()
    answer = charging.charge_broadcast(
        within_reach(request, location_id),
        body.channel,
        [International(**({"sent_at": at} | message)) for message in body.messages],
        key=idempotency_key,
        at=at,
        on_insufficient=body.on_insufficient,
        content=posting.fingerprint([body.channel, body.on_insufficient, body.messages]),
    )
    return _charged(answer, explanations.of_answer(answer, body.channel))


@router.post("locations/{int:location_id}/chat-messages", response={201: ChargeAnswer})
def charge_chat_messages(
    request: HttpRequest, location_id: int, idempotency_key: Key, body: ChatMessages
) -> HttpResponse:
    """Charge chat messages, judged one by one in the order given.

    An inbound message has arrived already: it is charged whatever the balance.
    """
    at = timezone.now()
    wait_no_longer()
    answer = charging.charge_chat(
        within_reach(request, location_id),
        [_chat(number, {"sent_at": at} | message) for number, message in enumerate(body.messages)],
        key=idempotency_key,
        at=at,
        content=posting.fingerprint([ChargeKind.CHAT, body.messages]),
    )
    return _charged(answer, explanations.of_chat(answer.charge_id))


def _chat(number: int, message: ChatMessage) -> Chat:
    fields: dict[str, Any] = {"content": "", **message}
    text_type = fields.pop("text_type", None)
    if text_type == "sms" and fields.get("has_image"):
        raise BadInput(f"messages[{number}].text_type", "is mms where the message has an image.")
    if text_type == "mms":
        fields["has_image"] = True
    return Chat(**fields)


def _charged(answer: Answer, whys: dict[int, Why]) -> HttpResponse:
    return reply(charge_of(answer, whys), status=201, replayed=answer.replayed)


def charge_of(answer: Answer, whys: dict[int, Why]) -> dict[str, Any]:
    """The answer as JSON; `whys` by place in the request."""
    total_before = answer.contract_after + answer.purchased_after + answer.credits
    return {
        "charge_id": answer.charge_id,
        "outcome": answer.outcome,
        "reason": answer.refusal or None,
        "credits": answer.credits,
        "needed_credits": answer.needed,
        "available_before": answer.available_before,
        "shortfall": answer.shortfall,
        "balance_after": credits_of(
            answer.contract_after,
            answer.purchased_after,
            held=total_before - answer.available_before,
            overdraft_limit=answer.overdraft_limit,
        ),
        "messages": _messages(answer.messages, whys),
    }


def _messages(messages: Sequence[Any], whys: dict[int, Why]) -> list[dict[str, Any]]:
    answers = []
    for position, message in enumerate(messages):
        why = whys.get(position, DOMESTIC)
        answers.append(
            {
                "external_id": message.external_id,
                "outcome": message.outcome,
                "reason": message.refusal or None,
                "units": why.units,
                "credits": message.credits,
                "country": why.country,
                "carrier_type": why.carrier_type,
                "explanation": why.sentence,
            }
        )
    return answers
