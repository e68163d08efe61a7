"""Rating of texts and calls (docs/domain.md, rules 3-5)."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers
from django.conf import settings
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from ledger.models import CarrierSource, Refusal
from locations.models import CarrierType, Channel
from locations.rate_cards.prices import CHAT_MMS_CREDITS, CHAT_SMS_CREDITS, Price, PriceList

# Any other number type is rated as landline.
MOBILE_TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@dataclass(frozen=True, slots=True)
class Destination:
    """The country is empty if it is unknown to the metadata."""

    country: str
    carrier_type: str

    @property
    def is_domestic(self) -> bool:
        return self.country in settings.DOMESTIC_REGIONS


@dataclass(frozen=True, slots=True)
class Rated:
    country: str = ""
    carrier_type: str = ""
    carrier_source: str = ""
    refusal: str = ""
    is_domestic: bool = False
    price: Price | None = None
    seconds: int | None = None
    billed_seconds: int | None = None
    credits: int = 0


# For + and digits what phonenumbers.parse returns, in half the time.
def parse_number(phone: str) -> PhoneNumber:
    for length in (1, 2, 3):
        code = int(phone[1 : 1 + length])
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            national = phone[1 + length :]
            if (
                4 <= len(national) <= 13
                and "0" not in (phone[1], national[0])
                and not _national_prefix(code).match(national)
            ):
                return PhoneNumber(country_code=code, national_number=int(national))
            break
    return phonenumbers.parse(phone, None)


@cache
def _national_prefix(code: int) -> re.Pattern[str]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(
        code, phonenumbers.region_code_for_country_code(code)
    )
    return re.compile((metadata and metadata.national_prefix_for_parsing) or "(?!)")


# A location writes to the same numbers again and again.
@lru_cache(maxsize=200_000)
def get_destination(phone: str) -> Destination | None:
    if not (phone.startswith("+") and phone.isascii() and phone[1:].isdigit()):
        return None
    try:
        number = parse_number(phone)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    line_type = phonenumbers.number_type(number)
    return Destination(
        country=phonenumbers.region_code_for_number(number) or "",
        carrier_type=CarrierType.MOBILE if line_type in MOBILE_TYPES else CarrierType.LANDLINE,
    )


def billed_seconds(seconds: int, *, first: int = 60, following: int = 60) -> int:
    """Billed seconds of a call: every started increment counts in full; 0 seconds stay 0."""
    if seconds <= 0:
        return 0
    return first + max(0, -(-(seconds - first) // following)) * following


def call_credits(billed: int, credits_per_minute: int) -> int:
    return -(-credits_per_minute * billed // 60)


def rate(
    prices: PriceList | None,
    *,
    phone: str,
    channel: str,
    seconds: int | None = None,
    carrier_type: str | None = None,
) -> Rated:
    destination = get_destination(phone)
    if destination is None:
        return Rated(refusal=Refusal.BAD_NUMBER, seconds=seconds)
    if destination.is_domestic:
        return Rated(country=destination.country, is_domestic=True, seconds=seconds)
    source = CarrierSource.CALLER if carrier_type else CarrierSource.METADATA
    carrier_type = carrier_type or destination.carrier_type
    price = prices and prices.price(
        country=destination.country, carrier_type=carrier_type, channel=channel, digits=phone[1:]
    )
    if not price:
        return Rated(destination.country, carrier_type, source, Refusal.NO_RATE, seconds=seconds)
    billed, credits = cost(price, channel=channel, seconds=seconds)
    return Rated(
        destination.country,
        carrier_type,
        source,
        price=price,
        seconds=None if channel == Channel.TEXT else seconds,
        billed_seconds=billed,
        credits=credits,
    )


def cost(price: Price, *, channel: str, seconds: int | None) -> tuple[int | None, int]:
    if channel == Channel.TEXT:
        return None, price.credits
    billed = billed_seconds(
        seconds or 0, first=price.first_seconds, following=price.following_seconds
    )
    return billed, call_credits(billed, price.credits)


def chat_credits(prices: PriceList | None, *, has_image: bool) -> int:
    if prices is None:
        return CHAT_MMS_CREDITS if has_image else CHAT_SMS_CREDITS
    return prices.chat_mms_credits if has_image else prices.chat_sms_credits
