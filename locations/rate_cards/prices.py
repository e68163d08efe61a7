import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass

from locations.models import Rate, RateCard, RateCardSeries

# Chat prices without a card: the product's help page, "Chat Credits".
CHAT_SMS_CREDITS = 2
CHAT_MMS_CREDITS = 4


@dataclass(frozen=True, slots=True)
class Price:
    """Credits per text, or per 60 seconds of a call in these increments."""

    rate_id: int
    prefix: str
    credits: int
    first_seconds: int
    following_seconds: int


@dataclass(frozen=True, slots=True)
class PriceList:
    card_id: int
    chat_sms_credits: int
    chat_mms_credits: int
    # by country, carrier type and channel; longer prefixes first
    prices: dict[tuple[str, str, str], tuple[Price, ...]]

    def price(self, *, country: str, carrier_type: str, channel: str, digits: str) -> Price | None:
        """The longest matching prefix wins; `digits` are the number without +."""
        for price in self.prices.get((country, carrier_type, channel), ()):
            if digits.startswith(price.prefix):
                return price
        return None


def load_price_list(card: RateCard) -> PriceList:
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


@dataclass(frozen=True, slots=True)
class PublishedCards:
    series: dict[int | None, tuple[list[dt.date], list[int]]]

    @classmethod
    def load(cls) -> "PublishedCards":
        series: dict[int | None, tuple[list[dt.date], list[int]]] = {}
        published = RateCard.objects.published().order_by("effective_on")
        for pk, effective_on, card in published.values_list("series_id", "effective_on", "pk"):
            days, cards = series.setdefault(pk, ([], []))
            days.append(effective_on)
            cards.append(card)
        default = RateCardSeries.objects.filter(is_default=True).first()
        if default is not None and default.pk in series:
            series[None] = series[default.pk]
        return cls(series)

    def in_force(self, series_id: int | None, day: dt.date) -> int | None:
        days, cards = self.series.get(series_id, ([], []))
        number = bisect_right(days, day)
        return cards[number - 1] if number else None
