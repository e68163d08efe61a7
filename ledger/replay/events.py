"""Recorded traffic: the events of a replay and their order. Reading files is `traffic_files`."""

import datetime as dt
from dataclasses import dataclass

from ledger.engine.charge_requests import Chat, International


@dataclass(frozen=True, slots=True)
class Place:
    """A location as it is described to a replay."""

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
