"""A location that sends and receives, through the functions that the product uses."""

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.engine.charge_requests import ChargeResult, ChatRequest, InternationalRequest
from ledger.engine.charging import charge_broadcast, charge_chat
from locations.contracts import amendments
from locations.models import Account, Location, RateCardSeries, User
from locations.rate_cards import publishing
from locations.rate_cards.parsing import RateRow
from reports.models import Report, ReportKind

NOW = dt.datetime(2026, 5, 20, 12, 0, tzinfo=dt.UTC)
MEXICO, GERMANY, SWEDEN = "+522221234567", "+4915123456789", "+46701234567"  # Sweden: no price
PRICES = [
    ("MX", "mobile", "text", 7),
    ("MX", "mobile", "voice", 12),
    ("MX", "landline", "text", 7),
    ("MX", "landline", "voice", 12),
    ("DE", "mobile", "text", 6),
    ("DE", "mobile", "voice", 29),
]
_numbers = itertools.count(1)


def utc(text: str) -> dt.datetime:
    """`2026-05-04 10:00:00`, in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def location(
    *,
    time_zone: str = "UTC",
    included: int = 10_000,
    starts_on: dt.date = dt.date(2026, 1, 1),
    profile_fields: list[str] | None = None,
    name: str = "Harbor",
) -> Location:
    account, _ = Account.objects.get_or_create(name="Harbor Hotels")
    if account.locations.filter(name=name).exists():  # of another test, in a shared clone
        account = Account.objects.create(name=f"Harbor Hotels {next(_numbers)}")
    made = Location.objects.create(
        account=account,
        name=name,
        time_zone=time_zone,
        profile_fields=profile_fields or ["First Name", "City"],
    )
    amendments.enter_contract(made, starts_on=starts_on, included_credits=included)
    if not RateCardSeries.objects.exists():
        publishing.create_card(
            [
                RateRow(number, country, carrier_type, channel, "", credits)
                for number, (country, carrier_type, channel, credits) in enumerate(PRICES, 2)
            ],
            name="Standard",
            effective_on=dt.date(2020, 1, 1),
            publish_at=utc("2020-01-01 00:00:00"),
        )
    return made


def person() -> User:
    return User.objects.create_user(f"person{next(_numbers)}@example.com", full_name="Ada Person")


def texts(
    place: Location, sent_at: dt.datetime, *phones: str, at: dt.datetime | None = None, **facts: Any
) -> ChargeResult:
    """One broadcast of texts, charged when it was sent unless `at` says later."""
    return _broadcast(place, "text", sent_at, phones, at, facts)


def call(
    place: Location,
    sent_at: dt.datetime,
    phone: str,
    seconds: int,
    *,
    at: dt.datetime | None = None,
    **facts: Any,
) -> ChargeResult:
    return _broadcast(place, "voice", sent_at, [phone], at, {"seconds": seconds, **facts})


def chat(
    place: Location,
    sent_at: dt.datetime,
    content: str = "Hello",
    *,
    direction: str = "outbound",
    inbox: str = "Front desk",
    phone: str = MEXICO,
    has_image: bool = False,
) -> ChargeResult:
    message = ChatRequest(
        external_id=f"chat-{next(_numbers)}",
        inbox=inbox,
        direction=direction,
        phone=phone,
        content=content,
        sent_at=sent_at,
        has_image=has_image,
    )
    return charge_chat(place.pk, [message], key=message.external_id, at=sent_at)


def _broadcast(
    place: Location,
    channel: str,
    sent_at: dt.datetime,
    phones: Any,
    at: dt.datetime | None,
    facts: dict[str, Any],
) -> ChargeResult:
    messages = [
        InternationalRequest(
            external_id=f"m-{next(_numbers)}", phone=phone, sent_at=sent_at, **facts
        )
        for phone in phones
    ]
    return charge_broadcast(
        place.pk, channel, messages, key=f"b-{next(_numbers)}", at=at or sent_at
    )


def report(
    place: Location,
    kind: str = ReportKind.INTERNATIONAL,
    first_on: dt.date = dt.date(2026, 5, 1),
    last_on: dt.date = dt.date(2026, 5, 31),
    **fields: Any,
) -> Report:
    """The row alone, as `ask` leaves it; no task."""
    return Report.objects.create(
        location=place,
        kind=kind,
        first_on=first_on,
        last_on=last_on,
        requested_by=person(),
        requested_at=NOW,
        **fields,
    )


def stopped(at: dt.datetime = NOW) -> Callable[[], dt.datetime]:
    """A clock that stands still."""
    return lambda: at


def files(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())
