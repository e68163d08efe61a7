from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, Field, with_config
from typing_extensions import TypedDict

from ledger.api.fields import STRICT, Phone, Seconds, StrictModel
from ledger.api.schemas.charges import CarrierType
from ledger.engine.charge_requests import MAX_MESSAGES


@with_config(STRICT)
class WouldBeMessage(TypedDict):
    """A text, or a call of so many seconds, that has not been sent."""

    phone: Phone
    seconds: NotRequired[Annotated[Seconds, Field(description="Of a call, as expected.")]]
    carrier_type: NotRequired[CarrierType]


class QuoteRequest(StrictModel):
    channel: Literal["text", "voice"]
    messages: list[WouldBeMessage] = Field(min_length=1, max_length=MAX_MESSAGES)
    per_message: bool = Field(False, description="Whether to answer for each message, too.")


class QuotedDestination(BaseModel):
    country: str
    carrier_type: CarrierType
    messages: int
    credits: int


class Payment(BaseModel):
    """What would pay for all of it."""

    contract_credits: int
    purchased_credits: int
    overdraft_credits: int


class Left(BaseModel):
    """What would be there after all of it had been sent."""

    contract_credits: int
    purchased_credits: int
    available_credits: int


class Fitting(BaseModel):
    """How much of it would go with `send_what_fits`."""

    messages: int
    credits: int


class RefusedNumber(BaseModel):
    index: int = Field(description="Its place in the request, from 0.")
    phone: str
    reason: Literal["bad_number", "no_rate"]
    explanation: str


class QuotedMessage(BaseModel):
    index: int
    outcome: Literal["chargeable", "domestic", "refused"]
    reason: Literal["bad_number", "no_rate"] | None
    units: float
    credits: int
    country: str | None
    carrier_type: CarrierType | None


class QuoteAnswer(BaseModel):
    """Nothing is charged, nothing is held, nothing is kept."""

    credits: int = Field(description="For all that can be sent.")
    fits: bool = Field(description="Whether it would be charged whole, were it sent now.")
    shortfall: int = Field(description="What is missing, the overdraft limit already used.")
    chargeable: int = Field(description="How many messages cost international credits.")
    domestic: int = Field(description="How many are part of the plan.")
    available_credits: int
    overdraft_limit: int
    pays: Payment | None = Field(description="Null where it does not fit.")
    left: Left | None = Field(description="Null where it does not fit.")
    send_what_fits: Fitting
    destinations: list[QuotedDestination]
    refused: list[RefusedNumber]
    messages: list[QuotedMessage] | None
