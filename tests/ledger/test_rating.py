"""Rating: which numbers cost, at which price, and how much; exact for every length of a call."""

from fractions import Fraction
from math import ceil
from typing import Any

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from ledger.models import Refusal
from ledger.rating import (
    Destination,
    Rated,
    billed_seconds,
    call_credits,
    chat_credits,
    destination,
    rate,
)
from locations.price_lists import Price, PriceList, price_list
from tests.factories import (
    DOMESTIC,
    FRANCE,
    FRANCE_LANDLINE,
    GERMANY,
    INMARSAT,
    MEXICO,
    make_card,
)

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


# --- How long, and how much -------------------------------------------------------------------


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


# --- Which price ------------------------------------------------------------------------------


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


# --- Which number -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone",
    [
        "",
        "+",
        "++522221234567",
        "522221234567",
        "00522221234567",
        "+52",
        "+33",
        "+331",
        "+5222",
        "+447",
        "+52222123456",
        "+5222212345678901234",
        "+3312345678901234",
        "+0522221234567",
        "+999123456789",
        "+210123456789",
        "+52 222 123 4567",
        " +522221234567",
        "+522221234567 ",
        "+522221234567\n",
        "+52-222-123-4567",
        "+52(222)1234567",
        "+5222212345x7",
        "+52222CALLME",
        "+522221234567;ext=12",
        "tel:+522221234567",
        "+５２２２２１２３４５６７",
        "＋522221234567",
        "+52222123456७",
        "+52222123456²",
        "+52222\x001234567",
        "+\ud800",
        "-522221234567",
        "+1" + "0" * 300,
    ],
)
def test_what_is_no_possible_number_is_refused_as_a_bad_number(phone: str):
    assert destination(phone) is None
    assert rate(STANDARD, phone=phone, channel="voice", seconds=61) == Rated(
        refusal=Refusal.BAD_NUMBER, seconds=61
    )


@given(phone=st.text(max_size=20) | st.from_regex(r"\+[0-9]{0,18}", fullmatch=True))
def test_any_text_is_a_destination_or_a_bad_number(phone: str):
    found = destination(phone)
    if found is not None:
        assert phone[0] == "+"
        assert set(phone[1:]) <= set("0123456789")
        assert found.carrier_type in ("mobile", "landline")


@pytest.mark.parametrize(
    ("country", "line_type", "rated_as"),
    [
        ("FR", PhoneNumberType.MOBILE, "mobile"),
        ("CA", PhoneNumberType.FIXED_LINE_OR_MOBILE, "mobile"),
        ("FR", PhoneNumberType.FIXED_LINE, "landline"),
        ("GB", PhoneNumberType.TOLL_FREE, "landline"),
        ("GB", PhoneNumberType.PREMIUM_RATE, "landline"),
        ("DE", PhoneNumberType.SHARED_COST, "landline"),
        ("FR", PhoneNumberType.VOIP, "landline"),
        ("GB", PhoneNumberType.PERSONAL_NUMBER, "landline"),
        ("GB", PhoneNumberType.PAGER, "landline"),
        ("GB", PhoneNumberType.UAN, "landline"),
    ],
)
def test_line_types_other_than_mobile_are_rated_as_landline(
    country: str, line_type: int, rated_as: str
):
    phone = example(country, line_type)
    assert phonenumbers.number_type(phonenumbers.parse(phone)) == line_type
    assert destination(phone) == Destination(country, rated_as)


def test_a_number_that_the_metadata_calls_fixed_line_or_mobile_is_rated_as_mobile():
    line_type = phonenumbers.number_type(phonenumbers.parse(MEXICO))
    assert line_type == PhoneNumberType.FIXED_LINE_OR_MOBILE
    assert destination(MEXICO) == Destination("MX", "mobile")


def test_a_possible_number_whose_country_nobody_knows_has_no_rate():
    rated = rate(STANDARD, phone="+15550000000", channel="text")
    assert (rated.country, rated.refusal) == ("", Refusal.NO_RATE)


@pytest.mark.parametrize(("stated", "credits"), [("mobile", 29), ("landline", 3)])
def test_the_carrier_type_that_the_caller_states_wins_and_is_recorded(stated: str, credits: int):
    for phone in (FRANCE, FRANCE_LANDLINE):
        rated = rate(STANDARD, phone=phone, channel="voice", seconds=1, carrier_type=stated)
        assert (rated.carrier_type, rated.carrier_source) == (stated, "caller")
        assert rated.credits == credits


def test_the_carrier_type_of_the_metadata_is_recorded_as_such():
    rated = [rate(STANDARD, phone=phone, channel="text") for phone in (FRANCE, FRANCE_LANDLINE)]
    assert [(r.carrier_type, r.carrier_source) for r in rated] == [
        ("mobile", "metadata"),
        ("landline", "metadata"),
    ]


@pytest.mark.parametrize("phone", [DOMESTIC, "+18005550123", example("US", PhoneNumberType.MOBILE)])
@pytest.mark.parametrize("card", [STANDARD, None, prices(("US", "mobile", "text", "", 5))])
def test_a_domestic_number_costs_nothing_whatever_the_card_says(phone: str, card: PriceList | None):
    assert rate(card, phone=phone, channel="text") == Rated(country="US", is_domestic=True)


@pytest.mark.parametrize("phone", ["+18761234567", "+17871234567", "+15062345678"])
def test_the_neighbours_in_the_domestic_numbering_plan_are_not_domestic(phone: str):
    assert rate(STANDARD, phone=phone, channel="text").is_domestic is False


def test_the_domestic_regions_are_a_setting(settings: Settings):
    settings.DOMESTIC_REGIONS = frozenset({"MX", "GT"})
    domestic = [rate(STANDARD, phone=p, channel="text").is_domestic for p in (MEXICO, DOMESTIC)]
    assert domestic == [True, False]


# --- From a published card --------------------------------------------------------------------


@pytest.mark.django_db
def test_a_published_card_is_read_once_and_prices_as_its_rows_say(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    card = make_card(
        [("MX", "mobile", "text", 7), ("MX", "mobile", "voice", 12)],
        prefixes=[
            {
                "country": "MX",
                "carrier_type": "mobile",
                "channel": "voice",
                "prefix": "52222",
                "credits": 12,
                "first_seconds": 30,
                "following_seconds": 6,
            }
        ],
        chat_sms_credits=1,
        chat_mms_credits=9,
    )
    with django_assert_num_queries(2):
        listed = price_list(card.pk)
    with django_assert_num_queries(0):
        rated = rate(price_list(card.pk), phone=MEXICO, channel="voice", seconds=61)
    assert (rated.billed_seconds, rated.credits) == (66, 14)
    assert rated.price is not None
    assert card.rates.get(pk=rated.price.rate_id).prefix == "52222"
    assert [chat_credits(listed, has_image=image) for image in (False, True)] == [1, 9]
