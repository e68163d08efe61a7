"""The staff desk's pages of the ledger: everything to read, two forms that post."""

from ledger.admin import accounts, entries, messages, tokens  # noqa: F401
