"""Who the customers are and on what terms they buy: accounts, contracts, rate cards."""

from locations.models.contracts import Contract, DebtAtRenewal
from locations.models.people import Language, Membership, Role, User
from locations.models.places import Account, ChatInbox, Location
from locations.models.rates import CardState, CarrierType, Channel, Rate, RateCard, RateCardSeries
from locations.models.sessions import Session
from locations.models.uploads import RateCardUpload

__all__ = [
    "Account",
    "CardState",
    "CarrierType",
    "Channel",
    "ChatInbox",
    "Contract",
    "DebtAtRenewal",
    "Language",
    "Location",
    "Membership",
    "Rate",
    "RateCard",
    "RateCardSeries",
    "RateCardUpload",
    "Role",
    "Session",
    "User",
]
