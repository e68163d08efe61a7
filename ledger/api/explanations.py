"""Why each message of a charge cost what it cost, for thousands of them at once.

The facts come in one query for all messages; messages of the same facts share a sentence.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ledger.engine.charge_requests import Answer
from ledger.models import ChatMessage, InternationalMessage, Outcome
from ledger.reading import explanations
from locations.models import Channel, Rate, RateCard

MOST_KEPT = 20_000
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
class Why:
    """What the answer says of a message besides its outcome and credits."""

    country: str | None
    carrier_type: str | None
    units: float
    sentence: str


DOMESTIC = Why(None, None, 1, "Domestic: part of the plan, costs no international credits.")


def of_broadcast(charge_id: int) -> dict[int, Why]:
    """By place in the request; what is missing was domestic."""
    rows = InternationalMessage.objects.filter(charge_id=charge_id).order_by()
    return {row[0]: _international(*row[1:]) for row in rows.values_list(*INTERNATIONAL)}


def of_answer(answer: Answer, channel: str) -> dict[int, Why]:
    """Of a broadcast just charged, without reading it back; a replayed one is read."""
    if answer.replayed:
        return of_broadcast(answer.charge_id)
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


def of_chat(charge_id: int) -> dict[int, Why]:
    rows = ChatMessage.objects.filter(charge_id=charge_id).order_by()
    return {row[0]: _chat(*row[1:]) for row in rows.values_list(*CHAT)}


@lru_cache(maxsize=MOST_KEPT)
def _international(country: str, carrier_type: str, *facts: Any) -> Why:
    names = INTERNATIONAL[3:]
    message = InternationalMessage(
        country=country, carrier_type=carrier_type, **dict(zip(names, facts, strict=True))
    )
    if message.rate_id is not None:
        message.rate = _rate(message.rate_id)
    return Why(
        country or None,
        carrier_type or None,
        _units(message),
        explanations.explain_international(message),
    )


@lru_cache(maxsize=MOST_KEPT)
def _chat(*facts: Any) -> Why:
    message = ChatMessage(**dict(zip(CHAT[1:], facts, strict=True)))
    if message.card_id is not None:
        message.card = _card(message.card_id)
    units = 0 if message.outcome == Outcome.REFUSED else 1
    return Why(None, None, units, explanations.explain_chat(message))


def _units(message: InternationalMessage) -> float:
    if message.outcome == Outcome.REFUSED:
        return 0
    return 1 if message.channel == Channel.TEXT else minutes(message.billed_seconds or 0)


def minutes(billed_seconds: int) -> float:
    """A whole number wherever it is one: increments of 60 seconds are the rule."""
    whole, rest = divmod(billed_seconds, 60)
    return whole + rest / 60 if rest else whole


# Of published cards, which cannot change.
@lru_cache(maxsize=MOST_KEPT)
def _rate(rate_id: int) -> Rate:
    return Rate.objects.select_related("card__series").get(pk=rate_id)


@lru_cache(maxsize=1_000)
def _card(card_id: int) -> RateCard:
    return RateCard.objects.select_related("series").get(pk=card_id)


def forget() -> None:
    """For tests, whose ids repeat from one database to the next."""
    for kept in (_international, _chat, _rate, _card):
        kept.cache_clear()
