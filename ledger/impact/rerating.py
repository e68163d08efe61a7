"""Re-rate the messages of some days by another card.

PostgreSQL groups messages that cost the same for the same reasons; `ledger.engine.rating` prices
each group, so the rule exists once. Reversed messages are left out.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ledger.engine import rating
from ledger.models import Outcome, Refusal, TextType
from locations.db.sql import fetch_rows
from locations.rate_cards.prices import PriceList

CHAT = "chat"

MESSAGES = """
      FROM ledger_internationalmessage m
      LEFT JOIN unnest(%(country)s::text[], %(carrier_type)s::text[], %(channel)s::text[],
                       %(prefix_length)s::int[]) p (country, carrier_type, channel, prefix_length)
             ON p.country = m.country AND p.carrier_type = m.carrier_type
            AND p.channel = m.channel
     WHERE m.location_id = ANY(%(locations)s) AND m.day >= %(first_on)s AND m.day < %(until)s
       AND m.reversal_id IS NULL AND (m.outcome <> %(refused)s OR m.refusal = %(no_rate)s)
"""
# Only as many digits of a number as the longest prefix there has: without one all are alike.
DIGITS = "coalesce(left(substr(m.phone, 2), p.prefix_length), '')"
CASES = f"""
    SELECT m.location_id, m.country, m.carrier_type, m.channel, m.seconds, {DIGITS},
           m.outcome = %(refused)s, count(*), sum(m.credits)::bigint
    {MESSAGES} GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
DESTINATIONS = f"""
    SELECT m.country, m.carrier_type, m.channel, {DIGITS}, count(*)
    {MESSAGES} GROUP BY 1, 2, 3, 4
"""
CHATS = """
    SELECT m.location_id, m.text_type, count(*), sum(m.credits)::bigint
      FROM ledger_chatmessage m
     WHERE m.location_id = ANY(%(locations)s) AND m.day >= %(first_on)s AND m.day < %(until)s
       AND m.reversal_id IS NULL AND m.outcome <> %(refused)s
     GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """`country` is empty for chat; `unpriced` groups would be refused by the card."""

    location_id: int
    country: str
    carrier_type: str
    channel: str
    messages: int
    now: int
    then: int
    unpriced: bool = False
    was_refused: bool = False


def rerate(
    prices: PriceList, locations: Sequence[int], first_on: dt.date, until: dt.date
) -> Iterator[MessageGroup]:
    """Groups of the days [first_on, until) with their credits now and then."""
    yield from _international(prices, locations, first_on, until)
    params = _days(locations, first_on, until)
    for location_id, text_type, messages, now in fetch_rows(CHATS, **params):
        each = rating.chat_credits(prices, has_image=text_type == TextType.MMS)
        yield MessageGroup(location_id, "", "", CHAT, messages, now, each * messages)


def _international(
    prices: PriceList, locations: Sequence[int], first_on: dt.date, until: dt.date
) -> Iterator[MessageGroup]:
    priced: dict[tuple[str, str, str, int | None, str], int | None] = {}
    with connection.cursor() as cursor:
        cursor.execute(CASES, _parameters(prices, locations, first_on, until))
        for row in cursor:
            location_id, country, carrier_type, channel, seconds, digits, refused, count, now = row
            key = (country, carrier_type, channel, seconds, digits)
            if key not in priced:
                priced[key] = _price(prices, key)
            each = priced[key]
            yield MessageGroup(
                location_id,
                country,
                carrier_type,
                channel,
                count,
                now,
                (each or 0) * count,
                unpriced=each is None,
                was_refused=refused,
            )


def unpriced(
    prices: PriceList, locations: Sequence[int], first_on: dt.date, until: dt.date
) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Destinations that the card has no price for, and their number of messages."""
    with connection.cursor() as cursor:
        cursor.execute(DESTINATIONS, _parameters(prices, locations, first_on, until))
        for country, carrier_type, channel, digits, messages in cursor:
            if not prices.price(
                country=country, carrier_type=carrier_type, channel=channel, digits=digits
            ):
                yield (country, carrier_type, channel), messages


def _price(prices: PriceList, case: tuple[str, str, str, int | None, str]) -> int | None:
    country, carrier_type, channel, seconds, digits = case
    price = prices.price(country=country, carrier_type=carrier_type, channel=channel, digits=digits)
    return rating.cost(price, channel=channel, seconds=seconds)[1] if price else None


def _parameters(
    prices: PriceList, locations: Sequence[int], first_on: dt.date, until: dt.date
) -> dict[str, Any]:
    prefix_lengths = {
        destination: len(rows[0].prefix)
        for destination, rows in prices.prices.items()
        if rows[0].prefix
    }
    return _days(locations, first_on, until) | {
        "no_rate": Refusal.NO_RATE,
        "country": [destination[0] for destination in prefix_lengths],
        "carrier_type": [destination[1] for destination in prefix_lengths],
        "channel": [destination[2] for destination in prefix_lengths],
        "prefix_length": list(prefix_lengths.values()),
    }


def _days(locations: Iterable[int], first_on: dt.date, until: dt.date) -> dict[str, Any]:
    return {
        "locations": list(locations),
        "first_on": first_on,
        "until": until,
        "refused": Outcome.REFUSED,
    }
