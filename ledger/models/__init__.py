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

__all__ = [
    "ADDITIONS",
    "USAGE",
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
    "TextType",
]
