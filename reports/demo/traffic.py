"""The demo's traffic: drawn at random with a fixed seed, so that every demo tells one story."""

import datetime as dt
import random
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

from ledger.engine.charge_requests import ChatRequest, InternationalRequest
from ledger.models import Direction
from ledger.replay.events import (
    Event,
    RecordedBroadcast,
    RecordedChat,
    RecordedPurchase,
    sort_events,
)
from locations.models import Channel
from reports.demo.people import CITIES, DAYS, FIRST_NAMES, JOBS, LAST_NAMES, RECEIVED, SENT
from reports.demo.places import FIELDS, DemoPlace

DAYS_OF_HISTORY = 425  # fourteen months
TEXT_STATUS = (
    ("Delivered", ""),
    ("Delivered", ""),
    ("Delivered", ""),
    ("Delivered", ""),
    ("Sent", ""),
    ("Undelivered", "30003 Unreachable destination handset"),
)
CALL_STATUS = ("Answered", "Answered", "Answered", "Busy", "No Answer")
LENGTHS = (9, 23, 42, 59, 60, 61, 75, 119, 120, 121, 185)


def events_of(place: DemoPlace, *, at: dt.datetime) -> tuple[Event, ...]:
    """Fourteen months of one location, up to the instant `at`, in order."""
    draw = random.Random(place.name)  # noqa: S311  # a story, not a secret
    today = at.astimezone(place.zone).date()
    recipients = [_recipient(draw, place, number) for number in range(40)]
    events: list[Event] = [
        RecordedPurchase(
            place.name, _moment(place, today, ago, 10, draw), credits, f"PO-{ago:03d}-{n:02d}"
        )
        for n, (ago, credits) in enumerate(place.purchases)
    ]
    for ago in range(DAYS_OF_HISTORY, -1, -1):
        weekend = (today - dt.timedelta(days=ago)).weekday() >= 5
        events += _chats(draw, place, today, ago, weekend)
        # A storm every other month: calls and texts to many.
        storm = ago % 61 == 17
        if storm or (not weekend and draw.random() < 0.3):
            events.append(_broadcast(draw, place, recipients, today, ago, storm=storm))
    return sort_events([event for event in events if event.at <= at])


def _moment(
    place: DemoPlace, today: dt.date, ago: int, hour: int, draw: random.Random
) -> dt.datetime:
    day = today - dt.timedelta(days=ago)
    time = dt.time(hour, draw.randrange(60), draw.randrange(60))
    return dt.datetime.combine(day, time, tzinfo=place.zone).astimezone(dt.UTC)


def _recipient(draw: random.Random, place: DemoPlace, number: int) -> dict[str, str]:
    country = draw.choice(place.countries) if draw.random() < 0.93 else "US"
    line = PhoneNumberType.MOBILE if draw.random() < 0.85 else PhoneNumberType.FIXED_LINE
    phone = phonenumbers.example_number_for_type(country, line)
    if phone is None:
        raise LookupError(f"The numbering metadata has no example number for {country}.")
    values = (
        draw.choice(FIRST_NAMES),
        draw.choice(LAST_NAMES),
        f"{place.name.split()[-1][:3].upper()}{number:04d}",
        CITIES.get(country, "Denver"),
        country,
        draw.choice(JOBS),
    )
    formatted = phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)
    return dict(zip(FIELDS, values, strict=True)) | {"phone": formatted}


def _broadcast(
    draw: random.Random,
    place: DemoPlace,
    recipients: list[dict[str, str]],
    today: dt.date,
    ago: int,
    *,
    storm: bool,
) -> RecordedBroadcast:
    channel = Channel.VOICE if draw.random() < 0.3 else Channel.TEXT
    chosen = draw.sample(recipients, 32 if storm else draw.randrange(3, 12))
    sent_at = _moment(place, today, ago, draw.randrange(7, 18), draw)
    identity = f"{place.name}-{ago:03d}"
    return RecordedBroadcast(
        place.name,
        identity,
        channel,
        tuple(
            _message(draw, channel, person, f"{identity}-{n:02d}", sent_at)
            for n, person in enumerate(chosen)
        ),
    )


def _message(
    draw: random.Random,
    channel: str,
    person: dict[str, str],
    external_id: str,
    first_sent_at: dt.datetime,
) -> InternationalRequest:
    sent_at = first_sent_at + dt.timedelta(seconds=draw.randrange(8))
    seconds = None
    if channel == Channel.VOICE:
        status, detail = draw.choice(CALL_STATUS), ""
        seconds = draw.choice(LENGTHS) if status == "Answered" else 0
    else:
        status, detail = draw.choice(TEXT_STATUS)
    return InternationalRequest(
        external_id=external_id,
        phone=person["phone"],
        sent_at=sent_at,
        seconds=seconds,
        status=status,
        status_detail=detail,
        status_at=sent_at + dt.timedelta(seconds=draw.randrange(2, 90)),
        profile={name: person[name] for name in FIELDS},
    )


def _chats(
    draw: random.Random, place: DemoPlace, today: dt.date, ago: int, weekend: bool
) -> Iterator[RecordedChat]:
    number = draw.randrange(0, 2) if weekend else draw.randrange(place.chats_a_day * 2)
    messages = []
    for n in range(number):
        inbound = draw.random() < 0.5
        text = draw.choice(RECEIVED if inbound else SENT)
        messages.append(
            ChatRequest(
                external_id=f"{place.name}-chat-{ago:03d}-{n:02d}",
                inbox=draw.choice(place.inboxes),
                direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
                phone=f"+1312555{draw.randrange(100, 200):04d}",
                content=text.format(day=draw.choice(DAYS), hour=draw.randrange(6, 12)),
                has_image="picture" in text or "map" in text,
                sent_at=_moment(place, today, ago, 7 + n % 12, draw),
            )
        )
    if messages:
        messages.sort(key=lambda message: message.sent_at)
        yield RecordedChat(place.name, tuple(messages))
