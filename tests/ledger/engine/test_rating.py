"""Rating: how long a call is billed for, and how much that costs; exact for every length."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.engine.rating import Rated, billed_seconds, call_credits, chat_credits, rate
from locations.rate_cards.prices import Price
from tests.factories import (
    MEXICO,
)
from tests.ledger.cards import STANDARD, prices


@pytest.mark.parametrize(
    ("seconds", "first", "following", "billed"),
    [
        (0, 60, 60, 0),
        (1, 60, 60, 60),
        (59, 60, 60, 60),
        (60, 60, 60, 60),
        (61, 60, 60, 120),
        (120, 60, 60, 120),
        (121, 60, 60, 180),
        (3601, 60, 60, 3660),
        (0, 6, 6, 0),
        (1, 6, 6, 6),
        (6, 6, 6, 6),
        (7, 6, 6, 12),
        (61, 6, 6, 66),
        (1, 30, 6, 30),
        (30, 30, 6, 30),
        (31, 30, 6, 36),
        (36, 30, 6, 36),
        (37, 30, 6, 42),
        (61, 30, 6, 66),
        (0, 1, 1, 0),
        (1, 1, 1, 1),
        (61, 1, 1, 61),
        (1, 60, 1, 60),
        (61, 60, 1, 61),
        (90, 60, 30, 90),
        (91, 60, 30, 120),
    ],
)
def test_a_call_is_billed_for_its_started_increments(
    seconds: int, first: int, following: int, billed: int
):
    assert billed_seconds(seconds, first=first, following=following) == billed


def test_increments_are_whole_minutes_unless_said_otherwise():
    assert [billed_seconds(seconds) for seconds in (0, 1, 60, 61)] == [0, 60, 60, 120]


@pytest.mark.parametrize(
    ("billed", "credits_per_minute", "credits"),
    [
        (0, 12, 0),
        (60, 12, 12),
        (120, 12, 24),
        (66, 12, 14),  # 13.2
        (6, 1, 1),  # 0.1: a started credit is a whole one
        (61, 12, 13),  # 12.2
        (65, 12, 13),  # 13 exactly
        (60, 0, 0),
        (36, 29, 18),  # 17.4
    ],
)
def test_credits_are_rounded_up_once_for_the_call(
    billed: int, credits_per_minute: int, credits: int
):
    assert call_credits(billed, credits_per_minute) == credits


@pytest.mark.parametrize(
    ("seconds", "credits"), [(0, 0), (1, 12), (59, 12), (60, 12), (61, 24), (120, 24), (185, 48)]
)
def test_every_started_minute_of_a_call_counts(seconds: int, credits: int):
    rated = rate(STANDARD, phone=MEXICO, channel="voice", seconds=seconds)
    assert (rated.seconds, rated.billed_seconds, rated.credits) == (
        seconds,
        5 * credits,
        credits,
    )


increments = st.tuples(st.integers(1, 3600), st.integers(1, 3600)) | st.sampled_from(
    [(60, 60), (6, 6), (30, 6), (1, 1), (60, 1), (60, 6), (3600, 3600), (1, 3600)]
)
lengths = st.integers(0, 7 * 24 * 3600) | st.integers(0, 300)


@given(seconds=lengths, of=increments)
def test_billed_seconds_are_the_fewest_increments_that_hold_the_call(
    seconds: int, of: tuple[int, int]
):
    first, following = of
    billed = billed_seconds(seconds, first=first, following=following)
    assert billed >= seconds
    if seconds == 0:
        assert billed == 0
    else:
        assert (billed - first) % following == 0
        assert billed == first or billed - following < seconds


@given(seconds=lengths, of=increments, credits_per_minute=st.integers(0, 1_000_000))
def test_the_price_of_a_call_is_exact(seconds: int, of: tuple[int, int], credits_per_minute: int):
    first, following = of
    card = prices(("MX", "mobile", "voice", "", credits_per_minute, first, following))
    rated = rate(card, phone=MEXICO, channel="voice", seconds=seconds)
    if seconds == 0:
        billed = Fraction(0)
    else:
        more = max(Fraction(0), Fraction(seconds - first, following))
        billed = first + Fraction(ceil(more)) * following
    assert rated.billed_seconds == billed
    assert rated.credits == ceil(Fraction(credits_per_minute) * billed / 60)
    assert rated.credits >= Fraction(credits_per_minute * seconds, 60)


@given(seconds=lengths, longer=lengths, of=increments, credits=st.integers(0, 1_000_000))
def test_a_longer_call_never_costs_less(
    seconds: int, longer: int, of: tuple[int, int], credits: int
):
    assume(seconds <= longer)
    card = prices(("MX", "mobile", "voice", "", credits, *of))
    shorter, more = (
        rate(card, phone=MEXICO, channel="voice", seconds=length) for length in (seconds, longer)
    )
    assert shorter.credits <= more.credits


@given(seconds=lengths, of=increments, rates=st.tuples(st.integers(0, 999), st.integers(0, 999)))
def test_a_call_at_a_higher_rate_never_costs_less(
    seconds: int, of: tuple[int, int], rates: tuple[int, int]
):
    billed = billed_seconds(seconds, first=of[0], following=of[1])
    low, high = sorted(rates)
    assert call_credits(billed, low) <= call_credits(billed, high)


def test_a_text_costs_its_rate():
    rated = rate(STANDARD, phone=MEXICO, channel="text")
    assert rated == Rated(
        country="MX",
        carrier_type="mobile",
        carrier_source="metadata",
        price=Price(1, "", 7, 60, 60),
        credits=7,
    )


@pytest.mark.parametrize(
    ("has_image", "on_a_card", "credits"),
    [(False, False, 2), (True, False, 4), (False, True, 3), (True, True, 5)],
)
def test_chat_costs_the_cards_prices_or_the_help_pages(
    has_image: bool, on_a_card: bool, credits: int
):
    card = prices(chat=(3, 5)) if on_a_card else None
    assert chat_credits(card, has_image=has_image) == credits
