from ledger.models.approvals import ApprovalRequest, Bucket
from ledger.models.balances import Balance, Charge, ChargeKind, OnInsufficient, Outcome, Refusal
from ledger.models.bundles import Bundle, CreditRequest
from ledger.models.corrections import CorrectionRequest, CorrectionState
from ledger.models.entries import Entry
from ledger.models.holds import Hold, HoldKind, HoldState, OverRule
from ledger.models.kinds import ADDITIONS, AT_RENEWAL, USAGE, EntryKind
from ledger.models.messages import (
    CarrierSource,
    ChatMessage,
    Direction,
    InternationalMessage,
    TextType,
)
from ledger.models.rate_card_impacts import RateCardImpact
from ledger.models.renewals import RenewalFailure
from ledger.models.requests_base import ApprovalState
from ledger.models.tokens import ApiToken, Scope
from ledger.models.verifications import Verification, VerificationRequest, VerificationRun
