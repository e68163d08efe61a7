"""Which price: the longest prefix of the card in force, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from ledger.engine.rating import Rated, rate
from ledger.models import Refusal
from locations.rate_cards.prices import PriceList
from tests.factories import (
    FRANCE,
    FRANCE_LANDLINE,
    GERMANY,
    INMARSAT,
    MEXICO,
)
from tests.ledger.cards import IRIDIUM, STANDARD, example, prices, text_credits


def test_the_longest_matching_prefix_wins_over_the_country():
    card = prices(
        ("MX", "mobile", "text", "", 7),
        ("MX", "mobile", "text", "52", 8),
        ("MX", "mobile", "text", "5222", 9),
        ("MX", "mobile", "text", "52222", 10),
        ("MX", "mobile", "text", "5222211", 11),
    )
    phones = ["+522221234567", "+522231234567", "+525512345678", "+522221134567"]
    assert [text_credits(card, phone) for phone in phones] == [10, 9, 8, 11]


def test_a_prefix_without_a_row_for_its_country_prices_only_its_own_range():
    card = prices(("MX", "mobile", "text", "5222", 9))
    assert text_credits(card, "+522221234567") == 9
    assert rate(card, phone="+525512345678", channel="text").refusal == Refusal.NO_RATE


def test_a_prefix_of_one_country_does_not_price_numbers_of_another():
    card = prices(
        ("CA", "mobile", "text", "1", 5),
        ("GB", "mobile", "text", "44", 6),
        ("JM", "landline", "text", "", 8),
    )
    jamaica, jersey = "+18761234567", example("JE", PhoneNumberType.MOBILE)
    assert jersey.startswith("+44")
    assert text_credits(card, jamaica) == 8
    assert rate(card, phone=jersey, channel="text") == Rated(
        country="JE", carrier_type="mobile", carrier_source="metadata", refusal=Refusal.NO_RATE
    )


def test_a_prefix_row_prices_its_carrier_type_and_channel_only():
    card = prices(
        ("FR", "mobile", "voice", "", 29),
        ("FR", "landline", "voice", "3361", 1),
        ("FR", "mobile", "text", "3361", 2),
    )
    assert rate(card, phone=FRANCE, channel="voice", seconds=60).credits == 29


@given(
    digits=st.text("0123456789", min_size=6, max_size=10),
    ends=st.lists(st.integers(0, 12), unique=True, max_size=6),
    decoys=st.lists(st.text("0123456789", min_size=1, max_size=6), max_size=6),
)
def test_of_many_prefixes_the_longest_that_begins_the_number_wins(
    digits: str, ends: list[int], decoys: list[str]
):
    phone = "52" + digits
    prefixes = {phone[:end] for end in ends} | {"52" + decoy for decoy in decoys}
    card = prices(*(("MX", "mobile", "text", prefix, len(prefix)) for prefix in sorted(prefixes)))
    found = card.price(country="MX", carrier_type="mobile", channel="text", digits=phone)
    expected = max((p for p in prefixes if phone.startswith(p)), key=len, default=None)
    assert (found and found.prefix) == expected


@pytest.mark.parametrize(
    ("phone", "carrier_type", "credits"),
    [(INMARSAT, "mobile", 700), (IRIDIUM, "mobile", 300), ("+8835100123456", "landline", 40)],
)
def test_satellite_and_world_wide_numbers_are_of_country_001(
    phone: str, carrier_type: str, credits: int
):
    card = prices(
        ("001", "mobile", "voice", "870", 700),
        ("001", "mobile", "voice", "8816", 300),
        ("001", "landline", "voice", "", 40),
    )
    rated = rate(card, phone=phone, channel="voice", seconds=30)
    assert (rated.country, rated.carrier_type, rated.credits) == ("001", carrier_type, credits)


def test_a_satellite_network_without_a_row_has_no_rate():
    card = prices(("001", "mobile", "voice", "870", 700))
    rated = rate(card, phone=IRIDIUM, channel="voice", seconds=30)
    assert (rated.refusal, rated.credits, rated.seconds) == (Refusal.NO_RATE, 0, 30)


@pytest.mark.parametrize(
    ("card", "phone", "channel"),
    [
        (STANDARD, GERMANY, "text"),  # a country that the card does not have
        (STANDARD, FRANCE_LANDLINE, "text"),  # a landline where texts have no price
        (prices(), MEXICO, "text"),
        (None, MEXICO, "text"),  # no card in force
    ],
)
def test_a_destination_without_a_price_is_refused_as_no_rate(
    card: PriceList | None, phone: str, channel: str
):
    rated = rate(card, phone=phone, channel=channel)
    assert (rated.refusal, rated.credits, rated.price) == (Refusal.NO_RATE, 0, None)
    assert rated.country in ("DE", "FR", "MX")


def test_a_landline_is_priced_as_a_landline():
    rated = rate(STANDARD, phone=FRANCE_LANDLINE, channel="voice", seconds=61)
    assert (rated.country, rated.carrier_type, rated.credits) == ("FR", "landline", 6)
