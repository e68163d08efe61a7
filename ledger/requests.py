"""What callers ask to be charged, checked at the door, and the answers they get."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from ledger.models import Direction
from ledger.posting import BadInput, check_text
from locations.models import CarrierType, Channel

MOST_MESSAGES = 10_000
MOST_CHAT_MESSAGES = 1_000
LONGEST_CALL_SECONDS = 7 * 24 * 3600
LONGEST_CONTENT = 20_000
MOST_PROFILE_FIELDS = 50
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# A broadcast goes out over some minutes, and the clocks of two machines differ a little.
AHEAD = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to be charged; `external_id` is the caller's, `phone` is E.164."""

    external_id: str
    phone: str
    sent_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class International(Message):
    """A text, or a call of `seconds`, of one broadcast.

    `carrier_type` is stated only where the caller knows it from the network. `profile` are the
    recipient's fields as they are now, for the reports.
    """

    seconds: int | None = None
    carrier_type: str | None = None
    status: str = ""
    status_detail: str = ""
    status_at: dt.datetime | None = None
    profile: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat(Message):
    """A chat message, sent or received; `inbox` is the name of one of the location's inboxes."""

    inbox: str
    direction: str
    content: str
    has_image: bool = False


@dataclass(frozen=True, slots=True)
class MessageAnswer:
    """What became of one message: `outcome` is charged, domestic or refused.

    `credits` were charged, `contract_credits` of them from the contract bucket.
    """

    external_id: str
    outcome: str
    refusal: str = ""
    credits: int = 0
    contract_credits: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a charge; asked again with the same key, the same, but for `replayed`.

    Credits: `needed` for all that could be sent, `credits` charged, `available_before`, and the
    two buckets after it. `shortfall` is what was missing, the overdraft limit already used.
    """

    charge_id: int
    key: str
    outcome: str
    refusal: str
    needed: int
    credits: int
    available_before: int
    overdraft_limit: int
    contract_after: int
    purchased_after: int
    messages: tuple[MessageAnswer, ...]
    replayed: bool = False

    @property
    def shortfall(self) -> int:
        return max(0, self.needed - self.available_before - self.overdraft_limit)


def content_of(messages: Sequence[Message]) -> list[dict[str, object]]:
    """The messages as plain values, for the fingerprint."""
    return [asdict(message) for message in messages]


def check_broadcast(channel: str, messages: Sequence[International], *, at: dt.datetime) -> None:
    """Refuse a malformed broadcast; raises BadInput that names the field."""
    if channel not in Channel.values:
        raise BadInput("channel", "must be text or voice.")
    _check_many(messages, MOST_MESSAGES)
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        check_text(f"{where}.phone", message.phone, longest=32, required=True)
        _check_instant(f"{where}.sent_at", message.sent_at, at)
        if message.carrier_type is not None and message.carrier_type not in CarrierType.values:
            raise BadInput(f"{where}.carrier_type", "must be mobile or landline.")
        if channel == Channel.TEXT and message.seconds is not None:
            raise BadInput(f"{where}.seconds", "is for calls; leave it out of a text.")
        if channel == Channel.VOICE:
            _check_seconds(f"{where}.seconds", message.seconds)
        check_text(f"{where}.status", message.status, longest=40)
        check_text(f"{where}.status_detail", message.status_detail, longest=300)
        if message.status_at is not None:
            _check_instant(f"{where}.status_at", message.status_at, None)
        if len(message.profile) > MOST_PROFILE_FIELDS:
            raise BadInput(f"{where}.profile", f"has more than {MOST_PROFILE_FIELDS} fields.")
        for name, value in message.profile.items():
            check_text(f"{where}.profile", name, longest=80, required=True)
            check_text(f"{where}.profile.{name}", value, longest=2_000)


def check_chat(messages: Sequence[Chat], *, at: dt.datetime) -> None:
    """Refuse a malformed list of chat messages; raises BadInput that names the field."""
    _check_many(messages, MOST_CHAT_MESSAGES)
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        check_text(f"{where}.phone", message.phone, longest=32, required=True)
        check_text(f"{where}.inbox", message.inbox, longest=120, required=True)
        check_text(f"{where}.content", message.content, longest=LONGEST_CONTENT)
        if message.direction not in Direction.values:
            raise BadInput(f"{where}.direction", "must be inbound or outbound.")
        _check_instant(f"{where}.sent_at", message.sent_at, at)


def _check_many(messages: Sequence[Message], most: int) -> None:
    if not 1 <= len(messages) <= most:
        raise BadInput("messages", f"must be 1 to {most:,} messages.")
    for number, message in enumerate(messages):
        check_text(
            f"messages[{number}].external_id", message.external_id, longest=120, required=True
        )
    twice = _first_repeated(message.external_id for message in messages)
    if twice is not None:
        raise BadInput(f"messages[{twice}].external_id", "stands twice in the request.")


def _first_repeated(names: Iterable[str]) -> int | None:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            return number
        seen.add(name)
    return None


def _check_seconds(where: str, seconds: int | None) -> None:
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise BadInput(where, "must be the call's length in whole seconds.")
    if not 0 <= seconds <= LONGEST_CALL_SECONDS:
        raise BadInput(where, f"must be from 0 to {LONGEST_CALL_SECONDS:,} seconds.")


def _check_instant(where: str, instant: dt.datetime, at: dt.datetime | None) -> None:
    if instant.tzinfo is None:
        raise BadInput(where, "needs its offset from UTC.")
    if instant < EARLIEST:
        raise BadInput(where, "lies before the year 2000.")
    if at is not None and instant > at + AHEAD:
        raise BadInput(where, "lies in the future.")
