"""A message as the pages tell it: who it went to, and why it cost what it cost."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ledger.models import (
    ChatMessage,
    CorrectionRequest,
    CorrectionState,
    Direction,
    InternationalMessage,
    Outcome,
    TextType,
)
from ledger.reading.explanations import Payment, explain_chat, explain_international
from locations.formatting.phone_masking import mask_phone, mask_phone_within
from locations.models import Location
from reports.recipients import recipient_name

AnyMessage = InternationalMessage | ChatMessage


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose fields the recipients have, and whether who reads sees phone numbers masked."""

    location: Location
    sees_masked: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A message as the pages tell it; `why` is the price and, where it cost, how it was paid.

    The pages show `phone` and `name`, not the message's own: they are as the reader may see them.
    """

    message: AnyMessage
    reader: Reader
    why: str
    way_out: str = ""
    payment: Payment | None = None
    requests: list[CorrectionRequest] = field(default_factory=list)

    @property
    def is_chat(self) -> bool:
        return isinstance(self.message, ChatMessage)

    @property
    def is_refused(self) -> bool:
        return self.message.outcome == Outcome.REFUSED

    @property
    def chat_words(self) -> str:
        """What kind of chat message it is: each whole, for languages order and inflect them."""
        if not isinstance(self.message, ChatMessage):
            return ""
        words = {
            (Direction.INBOUND, TextType.SMS): _("Inbound SMS"),
            (Direction.INBOUND, TextType.MMS): _("Inbound MMS"),
            (Direction.OUTBOUND, TextType.SMS): _("Outbound SMS"),
            (Direction.OUTBOUND, TextType.MMS): _("Outbound MMS"),
        }
        return words[Direction(self.message.direction), TextType(self.message.text_type)]

    @property
    def phone(self) -> str:
        return mask_phone(self.message.phone) if self.reader.sees_masked else self.message.phone

    @property
    def name(self) -> str:
        """The recipient's name, or what else the location knows its recipients by; or nothing."""
        profile = getattr(self.message, "profile", {})
        name = recipient_name(profile, self.reader.location.profile_fields)
        if self.reader.sees_masked:
            return mask_phone_within(name, self.message.phone) or ""
        return name

    @property
    def may_ask(self) -> bool:
        """Whether there is something to give back that nobody has asked for yet."""
        return (
            self.message.credits > 0
            and self.message.reversal_id is None
            and all(asked.state != CorrectionState.OPEN for asked in self.requests)
        )


def price_words(message: AnyMessage) -> str:
    if isinstance(message, ChatMessage):
        return explain_chat(message)
    return explain_international(message)
