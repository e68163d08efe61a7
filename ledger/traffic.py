"""Traffic files: the events of a replay, read and checked before anything is written."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ledger.requests import Chat, International
from locations.models import Channel

T = TypeVar("T")

MESSAGE_COLUMNS = (
    "location",
    "broadcast_id",
    "external_id",
    "channel",
    "to",
    "seconds",
    "sent_at",
    "status",
    "status_detail",
    "status_at",
)


class BadTraffic(Exception):
    """The files cannot be replayed; `problems` name each line and its fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Place:
    """A location as the files describe it."""

    account: str
    name: str
    time_zone: str
    contract_starts_on: dt.date
    term_months: int
    included_credits: int
    overdraft_limit: int
    profile_fields: tuple[str, ...]
    inboxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purchase:
    location: str
    at: dt.datetime
    credits: int
    reference: str


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Charged, whole, at the sent date of its first message (domain.md 3, *Order*)."""

    location: str
    id: str
    channel: str
    messages: tuple[International, ...]

    @property
    def at(self) -> dt.datetime:
        return min(message.sent_at for message in self.messages)


@dataclass(frozen=True, slots=True)
class ChatEvent:
    """Chat messages that are reported together, when the last of them has come or gone."""

    location: str
    messages: tuple[Chat, ...]

    @property
    def id(self) -> str:
        return self.messages[0].external_id

    @property
    def at(self) -> dt.datetime:
        return max(message.sent_at for message in self.messages)


Event = Purchase | Broadcast | ChatEvent


@dataclass(frozen=True, slots=True)
class Traffic:
    places: tuple[Place, ...]
    events: tuple[Event, ...]


def in_order(events: list[Event]) -> tuple[Event, ...]:
    """At the same instant: purchases, then broadcasts, then chats, then by external id."""

    def rank(event: Event) -> tuple[dt.datetime, int, str]:
        match event:
            case Purchase():
                return event.at, 1, event.reference
            case Broadcast():
                return event.at, 2, event.id
            case ChatEvent():
                return event.at, 3, event.id

    return tuple(sorted(events, key=rank))


def read_folder(folder: Path) -> Traffic:
    """Read locations, purchases and traffic from a folder's CSV files; raises BadTraffic."""
    problems: list[str] = []
    places = _read(folder / "locations.csv", _place, problems)
    purchases = _read(folder / "purchases.csv", _purchase, problems)
    texts_and_calls = _read(folder / "traffic_international.csv", _international, problems)
    chats = _read(folder / "traffic_chat.csv", _chat, problems)
    broadcasts: dict[tuple[str, str], list[tuple[str, International]]] = {}
    for location, broadcast_id, channel, message in texts_and_calls:
        broadcasts.setdefault((location, broadcast_id), []).append((channel, message))
    events: list[Event] = [*purchases, *chats]
    for (location, broadcast_id), members in broadcasts.items():
        channels = {channel for channel, _ in members}
        if len(channels) > 1:
            problems.append(f"broadcast {broadcast_id} has texts and calls: it must be one channel")
        messages = tuple(message for _, message in members)
        events.append(Broadcast(location, broadcast_id, members[0][0], messages))
    known = {place.name for place in places}
    strangers = {event.location for event in events} - known
    problems += [f"locations.csv has no location {name!r}" for name in sorted(strangers)]
    if problems:
        raise BadTraffic(problems)
    return Traffic(tuple(places), in_order(events))


def _read(path: Path, parse: Callable[[dict[str, str]], T], problems: list[str]) -> list[T]:
    parsed = []
    for number, row in _rows(path, problems):
        try:
            parsed.append(parse(row))
        except KeyError as missing:
            problems.append(f"{path.name}: there is no column {missing}")
            return []
        except (ValueError, AttributeError) as fault:
            problems.append(f"{path.name} line {number}: {fault}")
    return parsed


def _rows(path: Path, problems: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                yield reader.line_num, row
    except OSError as fault:
        problems.append(f"{path.name}: {fault.strerror}")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: is not UTF-8")


def instant(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} lacks its offset from UTC, such as Z")
    return at


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split("|") if name)


def _place(row: dict[str, str]) -> Place:
    return Place(
        account=row["account"],
        name=row["location"],
        time_zone=row["timezone"],
        contract_starts_on=dt.date.fromisoformat(row["contract_starts_on"]),
        term_months=int(row["term_months"]),
        included_credits=int(row["included_credits"]),
        overdraft_limit=int(row["overdraft_limit"]),
        profile_fields=_names(row["profile_fields"]),
        inboxes=_names(row["inboxes"]),
    )


def _purchase(row: dict[str, str]) -> Purchase:
    return Purchase(
        row["location"], instant(row["purchased_at"]), int(row["credits"]), row["reference"]
    )


def _international(row: dict[str, Any]) -> tuple[str, str, str, International]:
    if row["channel"] not in Channel.values:
        raise ValueError(f"{row['channel']!r} is no channel: text or voice")
    message = International(
        external_id=row["external_id"],
        phone=row["to"],
        sent_at=instant(row["sent_at"]),
        seconds=int(row["seconds"]) if row["channel"] == Channel.VOICE else None,
        status=row["status"],
        status_detail=row["status_detail"],
        status_at=instant(row["status_at"]) if row["status_at"] else None,
        profile={
            name: value or ""
            for name, value in row.items()
            if name is not None and name not in MESSAGE_COLUMNS
        },
    )
    return row["location"], row["broadcast_id"], row["channel"], message


def _chat(row: dict[str, str]) -> ChatEvent:
    if row["has_image"] not in ("yes", "no"):
        raise ValueError(f"{row['has_image']!r}: has_image is yes or no")
    message = Chat(
        external_id=row["external_id"],
        inbox=row["inbox"],
        direction=row["direction"].lower(),
        phone=row["phone"],
        content=row["content"],
        has_image=row["has_image"] == "yes",
        sent_at=instant(row["sent_at"]),
    )
    return ChatEvent(row["location"], (message,))
