"""What happened: balances, charges, entries, messages."""

from ledger.models.accounts import Balance, Charge, ChargeKind, OnInsufficient, Outcome, Refusal
from ledger.models.entries import ADDITIONS, USAGE, Entry, Kind
from ledger.models.messages import (
    CarrierSource,
    ChatMessage,
    Direction,
    InternationalMessage,
    TextType,
)
from ledger.models.tokens import ApiToken, Scope

__all__ = [
    "ADDITIONS",
    "USAGE",
    "ApiToken",
    "Balance",
    "CarrierSource",
    "Charge",
    "ChargeKind",
    "ChatMessage",
    "Direction",
    "Entry",
    "InternationalMessage",
    "Kind",
    "OnInsufficient",
    "Outcome",
    "Refusal",
    "Scope",
    "TextType",
]
