from tests.ledger.api.conftest import location

__all__ = ["location"]
