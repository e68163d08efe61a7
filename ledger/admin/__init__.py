"""Admin of the ledger."""

from django.contrib import admin

from ledger.admin import (
    approval_queue,  # noqa: F401
    balances,  # noqa: F401
    contracts,  # noqa: F401
    corrections,  # noqa: F401
    credit_requests,  # noqa: F401
    entries,  # noqa: F401
    location_panel,  # noqa: F401
    messages,  # noqa: F401
    rate_card_impact,  # noqa: F401
    tokens,  # noqa: F401
    verifications,  # noqa: F401
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
