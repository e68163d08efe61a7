"""The few things a test needs before it starts: a location, a contract, a rate card, messages."""

import datetime as dt
from collections.abc import Iterable
from itertools import count
from typing import Any

from ledger.engine.charge_requests import ChatRequest, InternationalRequest
from locations.contracts import amendments
from locations.models import (
    Account,
    Contract,
    Location,
    Membership,
    Rate,
    RateCard,
    RateCardSeries,
    Role,
    User,
)
from locations.rate_cards import publishing

NOON = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
_numbers = count(1)

# Numbers of the numbering metadata's examples: no subscriber has them.
MEXICO = "+522221234567"
FRANCE = "+33612345678"
FRANCE_LANDLINE = "+33123456789"
GERMANY = "+4915123456789"
DOMESTIC = "+12015550123"
IMPOSSIBLE = "+33"
INMARSAT = "+870773111632"


def make_user(email: str = "", password: str | None = None, **fields: Any) -> User:
    return User.objects.create_user(
        email or f"person{next(_numbers)}@example.org", password, **fields
    )


def make_account(name: str = "") -> Account:
    return Account.objects.create(name=name or f"Account {next(_numbers)}")


def make_location(
    *,
    name: str = "",
    account: Account | None = None,
    time_zone: str = "UTC",
    included: int | None = 1000,
    starts_on: dt.date = dt.date(2026, 1, 1),
    **contract: Any,
) -> Location:
    """A location with a contract of `included` credits a year from `starts_on`; None: without."""
    location = Location.objects.create(
        account=account or make_account(),
        name=name or f"Location {next(_numbers)}",
        time_zone=time_zone,
    )
    if included is not None:
        make_contract(location, starts_on=starts_on, included_credits=included, **contract)
    return location


def make_contract(location: Location, **fields: Any) -> Contract:
    return amendments.enter_contract(location, **fields)


def make_member(location: Location, role: str = Role.ADMIN, **fields: Any) -> User:
    user = make_user(**fields)
    if role == Role.ACCOUNT_ADMIN:
        Membership.objects.create(user=user, role=role, account=location.account)
    else:
        Membership.objects.create(user=user, role=role, location=location)
    return user


def make_card(
    rates: Iterable[tuple[str, str, str, int]] = (
        ("MX", "mobile", "text", 7),
        ("MX", "mobile", "voice", 12),
        ("FR", "mobile", "text", 6),
        ("FR", "mobile", "voice", 29),
        ("FR", "landline", "voice", 3),
    ),
    *,
    series: str = "Standard",
    effective_on: dt.date = dt.date(2020, 1, 1),
    published: bool = True,
    is_default: bool = True,
    prefixes: Iterable[dict[str, Any]] = (),
    **fields: Any,
) -> RateCard:
    """A card of (country, carrier type, channel, credits), published unless said otherwise."""
    of_series, _ = RateCardSeries.objects.get_or_create(
        name=series, defaults={"is_default": is_default}
    )
    card = RateCard.objects.create(series=of_series, effective_on=effective_on, **fields)
    for country, carrier_type, channel, credits in rates:
        Rate.objects.create(
            card=card,
            country=country,
            carrier_type=carrier_type,
            channel=channel,
            credits=credits,
        )
    for prefix in prefixes:
        Rate.objects.create(card=card, **prefix)
    return publishing.publish_card(card, at=NOON) if published else card


def text(
    phone: str = MEXICO, *, sent_at: dt.datetime = NOON, **fields: Any
) -> InternationalRequest:
    fields.setdefault("external_id", f"text-{next(_numbers)}")
    return InternationalRequest(phone=phone, sent_at=sent_at, **fields)


def call(
    seconds: int, phone: str = MEXICO, *, sent_at: dt.datetime = NOON, **fields: Any
) -> InternationalRequest:
    fields.setdefault("external_id", f"call-{next(_numbers)}")
    return InternationalRequest(phone=phone, seconds=seconds, sent_at=sent_at, **fields)


def chat(direction: str = "outbound", *, sent_at: dt.datetime = NOON, **fields: Any) -> ChatRequest:
    fields = {
        "external_id": f"chat-{next(_numbers)}",
        "inbox": "Front Desk",
        "phone": DOMESTIC,
        "content": "Hello",
    } | fields
    return ChatRequest(direction=direction, sent_at=sent_at, **fields)


def key() -> str:
    return f"key-{next(_numbers)}"
