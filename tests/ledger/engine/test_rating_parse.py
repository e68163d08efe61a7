"""`parse_number` agrees with `phonenumbers.parse`."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.engine.rating import parse_number

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
TYPES = [
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.TOLL_FREE,
]


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except phonenumbers.NumberParseException as error:
        return error.error_type


@pytest.mark.parametrize("code", CODES)
def test_example_numbers_and_their_variants_parse_alike(code):
    regions = phonenumbers.region_codes_for_country_code(code)
    examples = [phonenumbers.example_number_for_non_geo_entity(code)] + [
        phonenumbers.example_number_for_type(region, kind) for region in regions for kind in TYPES
    ]
    for number in filter(None, examples):
        digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        national = digits[1 + len(str(code)) :]
        for changed in (national, f"0{national}", f"1{national}", f"8{national}", national[1:]):
            phone = f"+{code}{changed}"
            assert parse_number(phone) == phonenumbers.parse(phone, None)


@given(st.sampled_from(CODES), st.from_regex(r"[0-9]{0,18}", fullmatch=True))
@example(52, "15512345678")
@example(54, "91123456789")
@example(39, "0612345678")
@example(1, "0123")
def test_digits_after_a_country_code_parse_alike(code, national):
    phone = f"+{code}{national}"
    assert outcome(parse_number, phone) == outcome(phonenumbers.parse, phone, None)


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True))
@example("0")
@example("01234567")
@example("0033612345678")
def test_any_digits_parse_alike(digits):
    phone = f"+{digits}"
    assert outcome(parse_number, phone) == outcome(phonenumbers.parse, phone, None)
