import datetime as dt
from dataclasses import dataclass

from ledger.engine.charge_requests import ChatRequest, InternationalRequest


@dataclass(frozen=True, slots=True)
class RecordedLocation:
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
class RecordedPurchase:
    location: str
    at: dt.datetime
    credits: int
    reference: str


@dataclass(frozen=True, slots=True)
class RecordedBroadcast:
    """Charged as a whole when its first message was sent."""

    location: str
    id: str
    channel: str
    messages: tuple[InternationalRequest, ...]

    @property
    def at(self) -> dt.datetime:
        return min(message.sent_at for message in self.messages)


@dataclass(frozen=True, slots=True)
class RecordedChat:
    """Chat messages that are reported together, when the last one was sent."""

    location: str
    messages: tuple[ChatRequest, ...]

    @property
    def id(self) -> str:
        return self.messages[0].external_id

    @property
    def at(self) -> dt.datetime:
        return max(message.sent_at for message in self.messages)


Event = RecordedPurchase | RecordedBroadcast | RecordedChat


@dataclass(frozen=True, slots=True)
class Traffic:
    locations: tuple[RecordedLocation, ...]
    events: tuple[Event, ...]


def sort_events(events: list[Event]) -> tuple[Event, ...]:
    """By instant; then purchases, broadcasts and chats; then by reference or external id."""

    def sort_key(event: Event) -> tuple[dt.datetime, int, str]:
        match event:
            case RecordedPurchase():
                return event.at, 1, event.reference
            case RecordedBroadcast():
                return event.at, 2, event.id
            case RecordedChat():
                return event.at, 3, event.id

    return tuple(sorted(events, key=sort_key))
