from pydantic import BaseModel, Field


class Balance(BaseModel):
    """Credits of a location; available = contract + purchased - held."""

    contract_credits: int = Field(description="Lapse at the end of the term; spent first.")
    purchased_credits: int = Field(description="Kept over renewals. Below zero: a debt.")
    total_credits: int = Field(description="Contract plus purchased: the daily table's closing.")
    held_credits: int = Field(description="Set aside by open holds.")
    available_credits: int = Field(description="What can be spent: the total less what is held.")
    overdraft_limit: int = Field(description="How far below zero outbound charges may go.")


class FieldAtFault(BaseModel):
    field: str = Field(description="Like `messages[3].phone`.")
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is stable; titles and details are for people."""

    type: str = Field(description="Where the code is explained.")
    title: str
    status: int
    detail: str = Field(description="What was wrong here, and the way out.")
    code: str
    errors: list[FieldAtFault] = []
