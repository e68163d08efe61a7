"""The location, its numbers and its figures that the examples of the API tell of."""

from dataclasses import dataclass, field
from typing import Any

BALANCE = {
    "contract_credits": 986,
    "purchased_credits": 0,
    "total_credits": 986,
    "held_credits": 0,
    "available_credits": 986,
    "overdraft_limit": 0,
}
MEXICO, PARIS, NEW_JERSEY = "+525512345678", "+33612345678", "+12015550123"
TEXT_TO_MEXICO = "1 text × 7 (Mexico, mobile; card Standard, from 1 Jan 2026) = 7"
PURCHASE = {
    "number": 2,
    "kind": "purchase",
    "credits": 500,
    "contract_delta": 0,
    "purchased_delta": 500,
    "contract_after": 1000,
    "purchased_after": 500,
    "balance_after": 1500,
    "at": "2026-03-01T09:30:00Z",
    "day": "2026-03-01",
    "charge_id": None,
    "key": "order-2041",
    "reason": "",
    "reference": "Order 2041",
}
HOLD = {
    "hold_id": 9,
    "location_id": 1,
    "kind": "call",
    "state": "open",
    "credits": 24,
    "over": "overflow",
    "expires_at": "2026-03-01T10:30:00Z",
    "ended_at": None,
}
MOVED = {
    "additions": 1500,
    "international_text": -14,
    "international_voice": 0,
    "chat": 0,
    "other_deductions": 0,
    "net": 1486,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A request and its answer; `parameters` are of the path, the query and the headers."""

    response: dict[str, Any]
    request: dict[str, Any] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)


def charged(external_id: str, **fields: Any) -> dict[str, Any]:
    """The answer to one text, but for the fields given."""
    return {
        "external_id": external_id,
        "outcome": "charged",
        "reason": None,
        "units": 1,
        "credits": 7,
        "country": "MX",
        "carrier_type": "mobile",
        "explanation": TEXT_TO_MEXICO,
    } | fields
