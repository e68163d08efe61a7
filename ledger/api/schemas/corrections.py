from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, Field, with_config
from typing_extensions import TypedDict

from ledger.api.fields import STRICT, ExternalId, Instant, Reason, StrictModel, text
from ledger.api.parsers import MAX_INTEGER
from ledger.api.schemas.reading import Entry
from ledger.engine.charge_requests import MAX_MESSAGES


@with_config(STRICT)
class Status(TypedDict):
    """A delivery report; the newest `status_at` wins, in whatever order they come."""

    external_id: ExternalId
    status: Annotated[str, text(40, min_length=1)]
    status_at: Instant
    status_detail: NotRequired[Annotated[str, text(300)]]


class Statuses(StrictModel):
    statuses: list[Status] = Field(min_length=1, max_length=MAX_MESSAGES)


class StatusAnswer(BaseModel):
    external_id: str
    result: Literal["updated", "older", "unknown"] = Field(
        description="older: a newer one is known; unknown: no such international message."
    )


class StatusAnswers(BaseModel):
    statuses: list[StatusAnswer] = Field(description="In the order given.")


class Reversal(StrictModel):
    """A whole charge, or one message of it, to be given back."""

    charge_id: int = Field(ge=1, le=MAX_INTEGER)
    external_id: ExternalId | None = Field(None, description="Left out: the whole charge.")
    reason: Reason


class ReversalAnswer(BaseModel):
    entry: Entry = Field(description="Each bucket got back what it gave.")
    lapsed_credits: int = Field(
        description="Contract credits of an earlier term: they had lapsed, so nothing came back."
    )
