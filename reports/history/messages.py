from dataclasses import dataclass, field
from typing import Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.models import (
    ChargeKind,
    ChatMessage,
    CorrectionRequest,
    CorrectionState,
    Direction,
    InternationalMessage,
    Outcome,
    TextType,
)
from ledger.reading.explanations import MessagePayment, explain_chat, explain_international
from locations.formatting.countries import country_name
from locations.formatting.numbers import format_credits
from locations.formatting.phone_masking import mask_phone, mask_phone_within
from locations.models import Location
from reports.recipients import get_recipient_name

AnyMessage = InternationalMessage | ChatMessage


@dataclass(frozen=True, slots=True)
class MessageViewer:
    location: Location
    sees_masked: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """Templates use `phone` and `name`, which are masked where the viewer's role requires it."""

    message: AnyMessage
    viewer: MessageViewer
    why: str
    suggestion: str = ""
    payment: MessagePayment | None = None
    corrections: list[CorrectionRequest] = field(default_factory=list)

    @property
    def is_chat(self) -> bool:
        return isinstance(self.message, ChatMessage)

    @property
    def is_refused(self) -> bool:
        return self.message.outcome == Outcome.REFUSED

    @property
    def chat_label(self) -> str:
        # Whole phrases: languages order and inflect the parts differently.
        if not isinstance(self.message, ChatMessage):
            return ""
        labels = {
            (Direction.INBOUND, TextType.SMS): _("Inbound SMS"),
            (Direction.INBOUND, TextType.MMS): _("Inbound MMS"),
            (Direction.OUTBOUND, TextType.SMS): _("Outbound SMS"),
            (Direction.OUTBOUND, TextType.MMS): _("Outbound MMS"),
        }
        return labels[Direction(self.message.direction), TextType(self.message.text_type)]

    @property
    def phone(self) -> str:
        return mask_phone(self.message.phone) if self.viewer.sees_masked else self.message.phone

    @property
    def name(self) -> str:
        profile = getattr(self.message, "profile", {})
        name = get_recipient_name(profile, self.viewer.location.profile_fields)
        if self.viewer.sees_masked:
            return mask_phone_within(name, self.message.phone) or ""
        return name

    @property
    def can_request_correction(self) -> bool:
        return (
            self.message.credits > 0
            and self.message.reversal_id is None
            and all(request.state != CorrectionState.OPEN for request in self.corrections)
        )


def explain_price(message: AnyMessage) -> str:
    if isinstance(message, ChatMessage):
        return explain_chat(message)
    return explain_international(message)


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """The messages of a charge or a reversal; `country` is set where all went to one country."""

    messages: int = 0
    refused: int = 0
    countries: int = 0
    country: str = ""

    @classmethod
    def from_row(cls, messages: int, refused: int, countries: int, country: str) -> Self:
        return cls(messages, refused, countries, country if countries == 1 else "")

    def describe(self, kind: str) -> str:
        """12 texts to Mexico; 3 calls to 2 countries; 1 chat message."""
        number = {"n": format_credits(self.messages)}
        if kind == ChargeKind.CHAT:
            return ngettext("%(n)s chat message", "%(n)s chat messages", self.messages) % number
        if kind == ChargeKind.TEXT:
            messages = ngettext("%(n)s text", "%(n)s texts", self.messages) % number
        else:
            messages = ngettext("%(n)s call", "%(n)s calls", self.messages) % number
        if self.country:
            return _("%(messages)s to %(country)s") % {
                "messages": messages,
                "country": country_name(self.country),
            }
        if self.countries > 1:
            return ngettext(
                "%(messages)s to %(count)s country",
                "%(messages)s to %(count)s countries",
                self.countries,
            ) % {"messages": messages, "count": self.countries}
        return messages
