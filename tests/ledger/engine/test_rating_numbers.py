"""Numbers: country, carrier type, and whether they cost anything."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from ledger.engine.rating import Destination, Rated, chat_credits, get_destination, rate
from ledger.models import Refusal
from locations.known_terms import known_terms
from locations.rate_cards.prices import PriceList
from tests.factories import (
    DOMESTIC,
    FRANCE,
    FRANCE_LANDLINE,
    MEXICO,
    make_card,
)
from tests.ledger.cards import STANDARD, example, prices


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
    assert get_destination(phone) is None
    assert rate(STANDARD, phone=phone, channel="voice", seconds=61) == Rated(
        refusal=Refusal.BAD_NUMBER, seconds=61
    )


@given(phone=st.text(max_size=20) | st.from_regex(r"\+[0-9]{0,18}", fullmatch=True))
def test_any_text_is_a_destination_or_a_bad_number(phone: str):
    found = get_destination(phone)
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
    assert get_destination(phone) == Destination(country, rated_as)


def test_a_number_that_the_metadata_calls_fixed_line_or_mobile_is_rated_as_mobile():
    line_type = phonenumbers.number_type(phonenumbers.parse(MEXICO))
    assert line_type == PhoneNumberType.FIXED_LINE_OR_MOBILE
    assert get_destination(MEXICO) == Destination("MX", "mobile")


def test_possible_number_of_unknown_country_has_no_rate():
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
    listed = known_terms.price_list(card.pk)
    with django_assert_num_queries(0):
        rated = rate(known_terms.price_list(card.pk), phone=MEXICO, channel="voice", seconds=61)
    assert (rated.billed_seconds, rated.credits) == (66, 14)
    assert rated.price is not None
    assert card.rates.get(pk=rated.price.rate_id).prefix == "52222"
    assert [chat_credits(listed, has_image=image) for image in (False, True)] == [1, 9]
