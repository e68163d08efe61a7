"""The staff desk's pages of the ledger: everything to read, forms that post."""

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
