from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, Field, with_config
from typing_extensions import TypedDict

from ledger.api.fields import STRICT, ExternalId, Instant, Phone, Seconds, StrictModel, text
from ledger.api.schemas.common import Balance
from ledger.engine.charge_requests import MAX_CHAT_MESSAGES, MAX_MESSAGES, MAX_PROFILE_FIELDS

SentAt = Annotated[Instant, Field(description="When it was sent; left out: now.")]
CarrierType = Literal["mobile", "landline"]
ProfileName = Annotated[str, text(80, min_length=1)]
ProfileValue = Annotated[str, text(2_000)]


# Dictionaries, not models: a broadcast has ten thousand of them.
@with_config(STRICT)
class InternationalMessage(TypedDict):
    """A text, or a call with its seconds."""

    external_id: ExternalId
    phone: Phone
    sent_at: NotRequired[SentAt]
    seconds: NotRequired[
        Annotated[Seconds, Field(description="Of a call, how long it lasted; 0: not answered.")]
    ]
    carrier_type: NotRequired[
        Annotated[CarrierType, Field(description="Where a network look-up knows it.")]
    ]
    status: NotRequired[Annotated[str, text(40)]]
    status_detail: NotRequired[Annotated[str, text(300)]]
    status_at: NotRequired[Instant]
    profile: NotRequired[
        Annotated[
            dict[ProfileName, ProfileValue],
            Field(
                max_length=MAX_PROFILE_FIELDS,
                description="The recipient's fields as they are now, for the reports.",
            ),
        ]
    ]


class Broadcast(StrictModel):
    """One broadcast of one channel: one ledger entry."""

    channel: Literal["text", "voice"]
    on_insufficient: Literal["refuse_all", "send_what_fits"] = Field(
        "refuse_all", description="What becomes of it where the credits do not suffice."
    )
    messages: list[InternationalMessage] = Field(min_length=1, max_length=MAX_MESSAGES)


@with_config(STRICT)
class ChatMessage(TypedDict):
    """A chat message, sent or received."""

    external_id: ExternalId
    phone: Phone
    inbox: Annotated[str, text(120, min_length=1), Field(description="The chat inbox's name.")]
    direction: Literal["inbound", "outbound"]
    content: NotRequired[Annotated[str, text(20_000)]]
    text_type: NotRequired[
        Annotated[Literal["sms", "mms"], Field(description="Left out: sms, or mms with an image.")]
    ]
    has_image: NotRequired[Annotated[bool, Field(description="A message with an image is an MMS.")]]
    sent_at: NotRequired[SentAt]


class ChatMessages(StrictModel):
    """Chat messages, judged one by one in this order; inbound is always charged."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=MAX_CHAT_MESSAGES)


class MessageAnswer(BaseModel):
    """What became of one message."""

    external_id: str
    outcome: Literal["charged", "domestic", "refused"]
    reason: Literal["bad_number", "no_rate", "insufficient_credits"] | None
    units: float = Field(description="Messages, or minutes billed of a call.")
    credits: int
    country: str | None = Field(description="ISO 3166; 001 for satellite networks.")
    carrier_type: CarrierType | None
    explanation: str = Field(description="Why it cost what it cost.")


class ChargeAnswer(BaseModel):
    """What became of a charge. `outcome` says whether anything may go out."""

    charge_id: int
    outcome: Literal["charged", "refused"]
    reason: Literal["insufficient_credits", "nothing_to_send"] | None
    credits: int = Field(description="What was charged.")
    needed_credits: int = Field(description="What all that can be sent costs.")
    available_before: int
    shortfall: int = Field(description="What was missing, the overdraft limit already used.")
    balance_after: Balance
    messages: list[MessageAnswer] = Field(description="In the order given.")
