"""The staff desk's pages of the ledger: everything to read, forms that post."""

from django.contrib import admin

from ledger.admin import (  # noqa: F401
    accounts,
    approvals,
    buying,
    contracts,
    corrections,
    entries,
    location_panels,
    messages,
    publishing,
    tokens,
    verifications,
)
from ledger.models import (
    ApiToken,
    ApprovalRequest,
    Balance,
    Bundle,
    Charge,
    ChatMessage,
    CorrectionRequest,
    CreditRequest,
    Entry,
    Hold,
    InternationalMessage,
    RateCardImpact,
    RenewalFailure,
    Verification,
    VerificationRun,
)

admin.site.order_menu(  # type: ignore[attr-defined]
    Balance,
    Entry,
    Charge,
    InternationalMessage,
    ChatMessage,
    Hold,
    CreditRequest,
    CorrectionRequest,
    ApprovalRequest,
    Bundle,
    Verification,
    VerificationRun,
    RenewalFailure,
    RateCardImpact,
    ApiToken,
)
