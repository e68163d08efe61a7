import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from ledger.api.fields import Day, parse_whole_number
from ledger.api.schemas.common import Balance
from ledger.models import EntryKind

MAX_ENTRIES = 500
DAY_DESCRIPTION = "A day of the location's own time zone, included."

# Clients know it by this name from the OpenAPI document.
Kind = StrEnum("Kind", [(kind.name, kind.value) for kind in EntryKind])  # type: ignore[misc]


class LocationBalance(Balance):
    location_id: int
    as_of: dt.datetime
    renews_at: dt.datetime | None = Field(description="When the current term ends.")


class EntryFilters(BaseModel):
    """Which entries, of those after the cursor."""

    cursor: Annotated[
        int,
        BeforeValidator(parse_whole_number),
        Field(ge=0, description="`next_cursor` of the page before."),
    ] = 0
    limit: Annotated[int, BeforeValidator(parse_whole_number), Field(ge=1, le=MAX_ENTRIES)] = 100
    kind: list[Kind] = Field([], description="Of these kinds; may be repeated.", max_length=20)
    from_: Day | None = Field(None, alias="from", description=DAY_DESCRIPTION)
    to: Day | None = Field(None, description=DAY_DESCRIPTION)


class Entry(BaseModel):
    """One change of a balance; never changed, never deleted."""

    number: int = Field(description="Counts the location's entries without gaps.")
    kind: Kind
    credits: int = Field(description="Signed: below zero it was spent, lapsed or taken.")
    contract_delta: int
    purchased_delta: int
    contract_after: int
    purchased_after: int
    balance_after: int
    at: dt.datetime
    day: dt.date
    charge_id: int | None
    key: str | None = Field(description="The idempotency key of the request that made it.")
    reason: str
    reference: str


class Entries(BaseModel):
    entries: list[Entry]
    next_cursor: int | None = Field(description="For the next page; null on the last.")


class Range(BaseModel):
    from_: Day | None = Field(None, alias="from", description=DAY_DESCRIPTION)
    to: Day | None = Field(None, description=DAY_DESCRIPTION)


class Moved(BaseModel):
    """Credits that moved, signed."""

    additions: int
    international_text: int
    international_voice: int
    chat: int
    other_deductions: int
    net: int


class DayOfUsage(Moved):
    day: dt.date
    opening: int
    closing: int


class DailyUsage(BaseModel):
    """The daily table: opening + net = closing, on each day and over all of them."""

    location_id: int
    time_zone: str
    first_day: Annotated[dt.date | None, WithJsonSchema({"type": ["string", "null"]})] = Field(
        description="As asked for."
    )
    last_day: Annotated[dt.date | None, WithJsonSchema({"type": ["string", "null"]})]
    opening: int
    closing: int
    total: Moved
    days: list[DayOfUsage] = Field(description="Days on which credits moved, in order.")
