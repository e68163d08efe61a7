import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from ledger.api.fields import Phone, Seconds, StrictModel
from ledger.api.schemas.charges import CarrierType, InternationalMessage
from ledger.engine.charge_requests import MAX_MESSAGES
from ledger.engine.holds import MAX_CREDITS, MAX_HOLD_SECONDS
from ledger.models import HoldState


class ExpectedCall(StrictModel):
    phone: Phone
    expected_seconds: Seconds
    carrier_type: CarrierType | None = None


class HoldRequest(StrictModel):
    """Credits for one call, at today's price, or a plain amount: one of the two."""

    call: ExpectedCall | None = None
    credits: int | None = Field(None, ge=1, le=MAX_CREDITS)
    over: Literal["refuse", "cap", "overflow"] = Field(
        "refuse",
        description="What becomes of a settlement that costs more than was held: it is refused, "
        "charged as far as was held, or charged whole within available credits and overdraft.",
    )
    seconds_to_live: int = Field(
        ge=1, le=MAX_HOLD_SECONDS, description="After that it has expired and holds nothing."
    )


class HoldAnswer(BaseModel):
    """What became of the wish; asked again with its key, the same."""

    hold_id: int
    outcome: Literal["held", "refused"]
    reason: Literal["bad_number", "no_rate", "insufficient_credits"] | None
    credits: int = Field(description="Set aside; where it was refused, what it would have taken.")
    over: Literal["refuse", "cap", "overflow"]
    expires_at: dt.datetime
    available_before: int
    available_after: int


class Hold(BaseModel):
    """A hold as it is now."""

    hold_id: int
    location_id: int
    kind: Literal["call", "amount"]
    state: HoldState
    credits: int
    over: Literal["refuse", "cap", "overflow"]
    expires_at: dt.datetime
    ended_at: dt.datetime | None


class Settlement(StrictModel):
    """What really happened. A hold for a call takes that one call."""

    channel: Literal["text", "voice"] = "voice"
    messages: list[InternationalMessage] = Field(min_length=1, max_length=MAX_MESSAGES)
