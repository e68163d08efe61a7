"""A quote for a list of numbers: the whole call, numbers new to the process and known to it."""

import random
from collections.abc import Callable

from benchmarks import place
from benchmarks.racing import Cost
from ledger.engine import quotes, rating
from tests import factories


def rounds_of(size: int) -> dict[str, Callable[[], Cost]]:
    def ask(messages: list[quotes.WouldBe]) -> Cost:
        location = random.choice(place.locations())
        with Cost() as took:
            quotes.quote(location, "text", messages, at=factories.NOON)
        return took

    asked: list[quotes.WouldBe] = []

    def new() -> Cost:
        rating.destination.cache_clear()
        asked[:] = [
            quotes.WouldBe(phone=f"+3361{number:07}")
            for number in random.sample(range(10**7), size)
        ]
        return ask(asked)

    return {"new": new, "known": lambda: ask(asked)}
