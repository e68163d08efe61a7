import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TypeVar

from ledger.engine.posting import BadInput, check_text
from ledger.engine.rating import Rated
from ledger.models import Direction
from locations.models import CarrierType, Channel

MAX_MESSAGES = 10_000
MAX_CHAT_MESSAGES = 1_000
MAX_CALL_SECONDS = 7 * 24 * 3600
MAX_CONTENT_LENGTH = 20_000
MAX_PROFILE_FIELDS = 50
EARLIEST_SENT_AT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# A broadcast goes out over minutes, and clocks of two machines differ.
MAX_CLOCK_SKEW = dt.timedelta(hours=1)
# Sets, because every message is checked against them; `Channel.values` builds a list each time.
CHANNELS = frozenset(Channel.values)
CARRIER_TYPES = frozenset(CarrierType.values)
DIRECTIONS = frozenset(Direction.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequest:
    """`external_id` is the caller's own id, `phone` is E.164, `sent_at` is aware."""

    external_id: str
    phone: str
    sent_at: dt.datetime


M = TypeVar("M", bound=MessageRequest)


@dataclass(frozen=True, slots=True, kw_only=True)
class InternationalRequest(MessageRequest):
    """A text, or a call of `seconds`; without `carrier_type` the metadata decides."""

    seconds: int | None = None
    carrier_type: str | None = None
    status: str = ""
    status_detail: str = ""
    status_at: dt.datetime | None = None
    profile: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest(MessageRequest):
    inbox: str
    direction: str
    content: str
    has_image: bool = False


@dataclass(frozen=True, slots=True)
class MessageResult:
    """`outcome` is charged, domestic or refused; `contract_credits` are part of `credits`."""

    external_id: str
    outcome: str
    refusal: str = ""
    credits: int = 0
    contract_credits: int = 0
    # Set where a text or call was just rated, not for a stored result.
    rated: Rated | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """A repeated request gets the first result, with `replayed` set.

    `shortfall` are the credits missing beyond the overdraft limit.
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
    messages: tuple[MessageResult, ...]
    replayed: bool = False

    @property
    def shortfall(self) -> int:
        return max(0, self.needed - self.available_before - self.overdraft_limit)


# Without the instants: those are compared by their timestamp, whatever their offset.
_get_values = {
    kind: attrgetter(*(each.name for each in fields(kind) if not each.name.endswith("_at")))
    for kind in (InternationalRequest, ChatRequest)
}


def fingerprint_values(
    messages: Sequence[InternationalRequest] | Sequence[ChatRequest],
) -> list[list[object]]:
    return [
        [
            *_get_values[type(message)](message),
            message.sent_at.timestamp(),
            status_at and status_at.timestamp(),
        ]
        for message in messages
        for status_at in (getattr(message, "status_at", None),)
    ]


def check_broadcast(
    channel: str, messages: Sequence[InternationalRequest], *, at: dt.datetime
) -> None:
    if channel not in CHANNELS:
        raise BadInput("channel", "must be text or voice.")
    is_call = channel == Channel.VOICE
    latest = at + MAX_CLOCK_SKEW

    def check(message: InternationalRequest) -> None:
        check_text("phone", message.phone, max_length=32, required=True)
        check_instant("sent_at", message.sent_at, latest)
        if message.carrier_type is not None and message.carrier_type not in CARRIER_TYPES:
            raise BadInput("carrier_type", "must be mobile or landline.")
        if is_call:
            _check_seconds("seconds", message.seconds)
        elif message.seconds is not None:
            raise BadInput("seconds", "is for calls; leave it out of a text.")
        if message.status != "":
            check_text("status", message.status, max_length=40)
        if message.status_detail != "":
            check_text("status_detail", message.status_detail, max_length=300)
        if message.status_at is not None:
            check_instant("status_at", message.status_at, latest)
        if message.profile:
            _check_profile(message.profile)

    _check_messages(messages, MAX_MESSAGES, check)


def _check_profile(profile: dict[str, str]) -> None:
    if len(profile) > MAX_PROFILE_FIELDS:
        raise BadInput("profile", f"has more than {MAX_PROFILE_FIELDS} fields.")
    for name, value in profile.items():
        check_text("profile", name, max_length=80, required=True)
        check_text(f"profile.{name}", value, max_length=2_000)


def check_chat(messages: Sequence[ChatRequest], *, at: dt.datetime) -> None:
    latest = at + MAX_CLOCK_SKEW

    def check(message: ChatRequest) -> None:
        check_text("phone", message.phone, max_length=32, required=True)
        check_text("inbox", message.inbox, max_length=120, required=True)
        check_text("content", message.content, max_length=MAX_CONTENT_LENGTH)
        if message.direction not in DIRECTIONS:
            raise BadInput("direction", "must be inbound or outbound.")
        check_instant("sent_at", message.sent_at, latest)

    _check_messages(messages, MAX_CHAT_MESSAGES, check)


def _check_messages(messages: Sequence[M], maximum: int, check: Callable[[M], None]) -> None:
    if not 1 <= len(messages) <= maximum:
        raise BadInput("messages", f"must be 1 to {maximum:,} messages.")
    for number, message in enumerate(messages):
        try:
            check_text("external_id", message.external_id, max_length=120, required=True)
            check(message)
        except BadInput as error:
            raise BadInput(f"messages[{number}].{error.field}", error.message) from None
    seen: set[str] = set()
    for number, message in enumerate(messages):
        if message.external_id in seen:
            raise BadInput(f"messages[{number}].external_id", "stands twice in the request.")
        seen.add(message.external_id)


def _check_seconds(name: str, seconds: int | None) -> None:
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise BadInput(name, "must be the call's length in whole seconds.")
    if not 0 <= seconds <= MAX_CALL_SECONDS:
        raise BadInput(name, f"must be from 0 to {MAX_CALL_SECONDS:,} seconds.")


def check_instant(name: str, instant: dt.datetime, latest: dt.datetime) -> None:
    if instant.tzinfo is None:
        raise BadInput(name, "needs its offset from UTC.")
    if instant < EARLIEST_SENT_AT:
        raise BadInput(name, "lies before the year 2000.")
    if instant > latest:
        raise BadInput(name, "lies in the future.")
