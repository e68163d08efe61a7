"""Cards for tests of rating, without a database."""

from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat

from ledger.engine.rating import rate
from locations.rate_cards.prices import Price, PriceList

IRIDIUM = "+881612345678"


def prices(*rows: tuple[Any, ...], chat: tuple[int, int] = (2, 4)) -> PriceList:
    """A card of (country, carrier type, channel, prefix, credits[, first, following])."""
    by_destination: dict[tuple[str, str, str], list[Price]] = {}
    for number, (country, line, channel, prefix, credits, *increments) in enumerate(rows, 1):
        first, following = increments or (60, 60)
        by_destination.setdefault((country, line, channel), []).append(
            Price(number, prefix, credits, first, following)
        )
    return PriceList(
        1,
        *chat,
        {
            where: tuple(sorted(found, key=lambda price: -len(price.prefix)))
            for where, found in by_destination.items()
        },
    )


def example(country: str, line_type: int) -> str:
    number = phonenumbers.example_number_for_type(country, line_type)
    assert number is not None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


STANDARD = prices(
    ("MX", "mobile", "text", "", 7),
    ("MX", "mobile", "voice", "", 12),
    ("FR", "mobile", "text", "", 6),
    ("FR", "mobile", "voice", "", 29),
    ("FR", "landline", "voice", "", 3),
)


def text_credits(card: PriceList, phone: str, **facts: Any) -> int:
    return rate(card, phone=phone, channel="text", **facts).credits
