"""Random traffic of the demo, with fixed seeds, so that every demo is the same."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path

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
from reports.demo.locations import FIELDS, DemoLocation

# Invented names and texts of recipients and messages.
TEXTS = json.loads(Path(__file__).with_name("messages.json").read_text(encoding="utf-8"))
HISTORY_DAYS = 425  # fourteen months
TEXT_STATUS = (
    ("Delivered", ""),
    ("Delivered", ""),
    ("Delivered", ""),
    ("Delivered", ""),
    ("Sent", ""),
    ("Undelivered", "30003 Unreachable destination handset"),
)
CALL_STATUS = ("Answered", "Answered", "Answered", "Busy", "No Answer")
CALL_SECONDS = (9, 23, 42, 59, 60, 61, 75, 119, 120, 121, 185)


def generate_events(spec: DemoLocation, *, at: dt.datetime) -> tuple[Event, ...]:
    rng = random.Random(spec.name)  # noqa: S311
    today = at.astimezone(spec.zone).date()
    recipients = [_make_recipient(rng, spec, number) for number in range(40)]
    events: list[Event] = [
        RecordedPurchase(
            spec.name,
            _instant(spec, today, days_ago, 10, rng),
            credits,
            f"PO-{days_ago:03d}-{n:02d}",
        )
        for n, (days_ago, credits) in enumerate(spec.purchases)
    ]
    for days_ago in range(HISTORY_DAYS, -1, -1):
        weekend = (today - dt.timedelta(days=days_ago)).weekday() >= 5
        events += _make_chats(rng, spec, today, days_ago, weekend)
        # Every other month a storm, with a broadcast to many.
        storm = days_ago % 61 == 17
        if storm or (not weekend and rng.random() < 0.3):
            events.append(_make_broadcast(rng, spec, recipients, today, days_ago, storm=storm))
    return sort_events([event for event in events if event.at <= at])


def _instant(
    spec: DemoLocation, today: dt.date, days_ago: int, hour: int, rng: random.Random
) -> dt.datetime:
    day = today - dt.timedelta(days=days_ago)
    time = dt.time(hour, rng.randrange(60), rng.randrange(60))
    return dt.datetime.combine(day, time, tzinfo=spec.zone).astimezone(dt.UTC)


def _make_recipient(rng: random.Random, spec: DemoLocation, number: int) -> dict[str, str]:
    country = rng.choice(spec.countries) if rng.random() < 0.93 else "US"
    number_type = PhoneNumberType.MOBILE if rng.random() < 0.85 else PhoneNumberType.FIXED_LINE
    phone = phonenumbers.example_number_for_type(country, number_type)
    if phone is None:
        raise LookupError(f"The numbering metadata has no example number for {country}.")
    values = (
        rng.choice(TEXTS["first_names"]),
        rng.choice(TEXTS["last_names"]),
        f"{spec.name.split()[-1][:3].upper()}{number:04d}",
        TEXTS["cities"].get(country, "Denver"),
        country,
        rng.choice(TEXTS["jobs"]),
    )
    formatted = phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)
    return dict(zip(FIELDS, values, strict=True)) | {"phone": formatted}


def _make_broadcast(
    rng: random.Random,
    spec: DemoLocation,
    recipients: list[dict[str, str]],
    today: dt.date,
    days_ago: int,
    *,
    storm: bool,
) -> RecordedBroadcast:
    channel = Channel.VOICE if rng.random() < 0.3 else Channel.TEXT
    chosen = rng.sample(recipients, 32 if storm else rng.randrange(3, 12))
    sent_at = _instant(spec, today, days_ago, rng.randrange(7, 18), rng)
    identity = f"{spec.name}-{days_ago:03d}"
    return RecordedBroadcast(
        spec.name,
        identity,
        channel,
        tuple(
            _make_message(rng, channel, person, f"{identity}-{n:02d}", sent_at)
            for n, person in enumerate(chosen)
        ),
    )


def _make_message(
    rng: random.Random,
    channel: str,
    person: dict[str, str],
    external_id: str,
    first_sent_at: dt.datetime,
) -> InternationalRequest:
    sent_at = first_sent_at + dt.timedelta(seconds=rng.randrange(8))
    seconds = None
    if channel == Channel.VOICE:
        status, detail = rng.choice(CALL_STATUS), ""
        seconds = rng.choice(CALL_SECONDS) if status == "Answered" else 0
    else:
        status, detail = rng.choice(TEXT_STATUS)
    return InternationalRequest(
        external_id=external_id,
        phone=person["phone"],
        sent_at=sent_at,
        seconds=seconds,
        status=status,
        status_detail=detail,
        status_at=sent_at + dt.timedelta(seconds=rng.randrange(2, 90)),
        profile={name: person[name] for name in FIELDS},
    )


def _make_chats(
    rng: random.Random, spec: DemoLocation, today: dt.date, days_ago: int, weekend: bool
) -> Iterator[RecordedChat]:
    number = rng.randrange(0, 2) if weekend else rng.randrange(spec.chats_a_day * 2)
    messages = []
    for n in range(number):
        inbound = rng.random() < 0.5
        text = rng.choice(TEXTS["received_texts" if inbound else "sent_texts"])
        messages.append(
            ChatRequest(
                external_id=f"{spec.name}-chat-{days_ago:03d}-{n:02d}",
                inbox=rng.choice(spec.inboxes),
                direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
                phone=f"+1312555{rng.randrange(100, 200):04d}",
                content=text.format(day=rng.choice(TEXTS["days"]), hour=rng.randrange(6, 12)),
                has_image="picture" in text or "map" in text,
                sent_at=_instant(spec, today, days_ago, 7 + n % 12, rng),
            )
        )
    if messages:
        messages.sort(key=lambda message: message.sent_at)
        yield RecordedChat(spec.name, tuple(messages))
