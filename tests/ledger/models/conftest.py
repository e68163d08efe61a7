import pytest

from ledger.engine import charging, funding
from tests.factories import NOON, chat, make_card, make_location, text
from tests.ledger.models.attacks import sql


@pytest.fixture
def ledger():
    """A location with a grant, a purchase, a broadcast and a chat; on a published card."""
    make_card()
    location = make_location(included=100)
    funding.purchase(location.pk, 50, key="purchase", at=NOON, reference="PO")
    charging.charge_broadcast(location.pk, "text", [text(), text()], key="broadcast", at=NOON)
    charging.charge_chat(location.pk, [chat()], key="chat", at=NOON)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("SET CONSTRAINTS ALL DEFERRED")
    return location
