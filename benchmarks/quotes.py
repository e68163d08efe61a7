import random
from collections.abc import Callable

from benchmarks import database
from benchmarks.load import Cost
from ledger.engine import quotes, rating
from tests import factories


def get_rounds(size: int) -> dict[str, Callable[[], Cost]]:
    def quote(messages: list[quotes.QuoteMessage]) -> Cost:
        location = random.choice(database.location_ids())
        with Cost() as cost:
            quotes.quote(location, "text", messages, at=factories.NOON)
        return cost

    messages: list[quotes.QuoteMessage] = []

    def new() -> Cost:
        rating.get_destination.cache_clear()
        messages[:] = [
            quotes.QuoteMessage(phone=f"+3361{number:07}")
            for number in random.sample(range(10**7), size)
        ]
        return quote(messages)

    return {"new": new, "cached": lambda: quote(messages)}
