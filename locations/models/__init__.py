from locations.models.contracts import Contract, DebtAtRenewal
from locations.models.locations import Account, ChatInbox, Location
from locations.models.rate_card_uploads import RateCardUpload
from locations.models.rate_cards import (
    CardState,
    CarrierType,
    Channel,
    Rate,
    RateCard,
    RateCardSeries,
)
from locations.models.sessions import Session
from locations.models.users import Language, Membership, Role, User
