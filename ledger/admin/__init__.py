"""The staff desk's pages of the ledger: everything to read, forms that post."""

from ledger.admin import accounts, buying, corrections, entries, messages, tokens, verifications  # noqa: F401
