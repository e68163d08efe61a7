from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ledger.engine.charge_requests import ChargeResult
from ledger.models import ChatMessage, InternationalMessage, Outcome
from ledger.reading import explanations
from locations.models import Channel, Rate, RateCard

CACHE_SIZE = 20_000
INTERNATIONAL = (
    "position",
    "country",
    "carrier_type",
    "channel",
    "outcome",
    "refusal",
    "credits",
    "carrier_source",
    "rate_id",
    "seconds",
    "billed_seconds",
)
CHAT = ("position", "outcome", "refusal", "credits", "direction", "text_type", "card_id")


@dataclass(frozen=True, slots=True)
class MessageExplanation:
    country: str | None
    carrier_type: str | None
    units: float
    sentence: str


DOMESTIC = MessageExplanation(
    None, None, 1, "Domestic: part of the plan, costs no international credits."
)


def explain_broadcast(charge_id: int) -> dict[int, MessageExplanation]:
    rows = InternationalMessage.objects.filter(charge_id=charge_id).order_by()
    return {row[0]: _international(*row[1:]) for row in rows.values_list(*INTERNATIONAL)}


def explain_answer(answer: ChargeResult, channel: str) -> dict[int, MessageExplanation]:
    if answer.replayed:
        return explain_broadcast(answer.charge_id)
    return {
        position: _international(
            message.rated.country,
            message.rated.carrier_type,
            channel,
            message.outcome,
            message.refusal,
            message.credits,
            message.rated.carrier_source,
            message.rated.price and message.rated.price.rate_id,
            message.rated.seconds,
            message.rated.billed_seconds,
        )
        for position, message in enumerate(answer.messages)
        if message.rated is not None
    }


def explain_chat_charge(charge_id: int) -> dict[int, MessageExplanation]:
    rows = ChatMessage.objects.filter(charge_id=charge_id).order_by()
    return {row[0]: _chat(*row[1:]) for row in rows.values_list(*CHAT)}


@lru_cache(maxsize=CACHE_SIZE)
def _international(country: str, carrier_type: str, *facts: Any) -> MessageExplanation:
    names = INTERNATIONAL[3:]
    message = InternationalMessage(
        country=country, carrier_type=carrier_type, **dict(zip(names, facts, strict=True))
    )
    if message.rate_id is not None:
        message.rate = _rate(message.rate_id)
    return MessageExplanation(
        country or None,
        carrier_type or None,
        _units(message),
        explanations.explain_international(message),
    )


@lru_cache(maxsize=CACHE_SIZE)
def _chat(*facts: Any) -> MessageExplanation:
    message = ChatMessage(**dict(zip(CHAT[1:], facts, strict=True)))
    if message.card_id is not None:
        message.card = _card(message.card_id)
    units = 0 if message.outcome == Outcome.REFUSED else 1
    return MessageExplanation(None, None, units, explanations.explain_chat(message))


def _units(message: InternationalMessage) -> float:
    if message.outcome == Outcome.REFUSED:
        return 0
    return 1 if message.channel == Channel.TEXT else billed_minutes(message.billed_seconds or 0)


def billed_minutes(billed_seconds: int) -> float:
    whole, rest = divmod(billed_seconds, 60)
    return whole + rest / 60 if rest else whole


# Safe to cache: published cards cannot change.
@lru_cache(maxsize=CACHE_SIZE)
def _rate(rate_id: int) -> Rate:
    return Rate.objects.select_related("card__series").get(pk=rate_id)


@lru_cache(maxsize=1_000)
def _card(card_id: int) -> RateCard:
    return RateCard.objects.select_related("series").get(pk=card_id)


def clear_caches() -> None:
    for cached in (_international, _chat, _rate, _card):
        cached.cache_clear()
