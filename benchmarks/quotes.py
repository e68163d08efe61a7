"""A quote for a list of numbers: the whole call, numbers new to the process and known to it."""

import random
from collections.abc import Callable

from benchmarks import place
from benchmarks.racing import Cost
from ledger import quoting, rating
from tests import factories


def rounds_of(size: int) -> dict[str, Callable[[], Cost]]:
    def ask(messages: list[quoting.WouldBe]) -> Cost:
        location = random.choice(place.locations())
        with Cost() as took:
            quoting.quote(location, "text", messages, at=factories.NOON)
        return took

    asked: list[quoting.WouldBe] = []

    def new() -> Cost:
        rating.destination.cache_clear()
        asked[:] = [
            quoting.WouldBe(phone=f"+3361{number:07}")
            for number in random.sample(range(10**7), size)
        ]
        return ask(asked)

    return {"new": new, "known": lambda: ask(asked)}
