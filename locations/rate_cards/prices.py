"""Published rate cards as charging reads them, kept in the process.

A card cannot change once it is published, so its prices are kept for as long as the process
lives. Which card is in force can change: `in_force` may be behind by a publication, so posting
checks it again under its lock and has `forget` called where it was.
"""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from locations.models import Rate, RateCard, RateCardSeries

# What chat costs where no card says otherwise: the product's help page, "Chat Credits".
CHAT_SMS_CREDITS = 2
CHAT_MMS_CREDITS = 4


@dataclass(frozen=True, slots=True)
class Price:
    """A row of a card: credits per text, or per 60 seconds of a call in these increments."""

    rate_id: int
    prefix: str
    credits: int
    first_seconds: int
    following_seconds: int


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one published card."""

    card_id: int
    chat_sms_credits: int
    chat_mms_credits: int
    # by country, carrier type and channel; longer prefixes first
    prices: dict[tuple[str, str, str], tuple[Price, ...]]

    def price(self, *, country: str, carrier_type: str, channel: str, digits: str) -> Price | None:
        """The price for a number (digits without +): the longest matching prefix wins."""
        for price in self.prices.get((country, carrier_type, channel), ()):
            if digits.startswith(price.prefix):
                return price
        return None


@lru_cache(maxsize=256)
def price_list(card_id: int) -> PriceList:
    return prices_of(RateCard.objects.published().get(pk=card_id))


def prices_of(card: RateCard) -> PriceList:
    """The prices of a card as they are now, a draft's too; nothing is kept."""
    prices: dict[tuple[str, str, str], list[Price]] = {}
    for rate in Rate.objects.filter(card=card):
        prices.setdefault((rate.country, rate.carrier_type, rate.channel), []).append(
            Price(rate.pk, rate.prefix, rate.credits, rate.first_seconds, rate.following_seconds)
        )
    return PriceList(
        card.pk,
        card.chat_sms_credits,
        card.chat_mms_credits,
        {
            destination: tuple(sorted(rows, key=lambda row: -len(row.prefix)))
            for destination, rows in prices.items()
        },
    )


@lru_cache(maxsize=1)
def _timeline() -> dict[int | None, tuple[list[dt.date], list[int]]]:
    """Effective dates and card ids of each series, in order; None is the default series."""
    timeline: dict[int | None, tuple[list[dt.date], list[int]]] = {}
    published = RateCard.objects.published().order_by("effective_on")
    for series, effective_on, card in published.values_list("series_id", "effective_on", "pk"):
        days, cards = timeline.setdefault(series, ([], []))
        days.append(effective_on)
        cards.append(card)
    default = RateCardSeries.objects.filter(is_default=True).values_list("pk", flat=True).first()
    if default in timeline:
        timeline[None] = timeline[default]
    return timeline


def in_force(series_id: int | None, day: dt.date) -> int | None:
    """The card of a series (None: the default one) with the latest effective date by `day`."""
    days, cards = _timeline().get(series_id, ([], []))
    found = bisect_right(days, day)
    return cards[found - 1] if found else None


def forget() -> None:
    """Read the publications anew: one was made since."""
    _timeline.cache_clear()
