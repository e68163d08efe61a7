"""The HTTP API under /api/v1/: requests parsed, one call of the ledger, an answer."""
