from typing import Annotated

from pydantic import BaseModel, Field

from ledger.api.fields import Reference, StrictModel, text
from ledger.api.schemas.reading import Entry
from ledger.engine.funding import MAX_CREDITS


class Purchase(StrictModel):
    """Credits that were bought; they pay a debt first and are kept over renewals."""

    credits: int = Field(ge=1, le=MAX_CREDITS)
    reference: Reference = Field(description="The order's or invoice's number.")
    reason: Annotated[str, text(500)] = ""


class PurchaseAnswer(BaseModel):
    entry: Entry = Field(description="The entry that it made, with the balance right after it.")
