"""A malformed request names its field; a valid one is one round trip."""

import datetime as dt

import pytest

from ledger.engine import charging
from ledger.engine.posting import BadInput
from ledger.models import Charge
from locations.contracts.terms import UnknownLocation
from tests.factories import (
    NOON,
    call,
    chat,
    key,
    make_card,
    make_location,
    text,
)
from tests.ledger.sending import send
from tests.queries import count_statements

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("messages", "options", "field"),
    [
        ([], {}, "messages"),
        ([text(external_id="")], {}, "messages[0].external_id"),
        ([text(external_id="a"), text(external_id="a")], {}, "messages[1].external_id"),
        ([text(external_id="a\x00")], {}, "messages[0].external_id"),
        ([text(external_id="\ud800")], {}, "messages[0].external_id"),
        ([text(phone="")], {}, "messages[0].phone"),
        ([text(phone="+" + "1" * 40)], {}, "messages[0].phone"),
        ([text(seconds=3)], {}, "messages[0].seconds"),
        ([text(carrier_type="satellite")], {}, "messages[0].carrier_type"),
        ([text(sent_at=NOON.replace(tzinfo=None))], {}, "messages[0].sent_at"),
        ([text(sent_at=NOON + dt.timedelta(days=1))], {}, "messages[0].sent_at"),
        ([text(sent_at=dt.datetime(1999, 1, 1, tzinfo=dt.UTC))], {}, "messages[0].sent_at"),
        ([text(status="x" * 41)], {}, "messages[0].status"),
        ([text(profile={"City": "\x00"})], {}, "messages[0].profile.City"),
        ([text()], {"key": ""}, "key"),
        ([text()], {"key": "k" * 256}, "key"),
        ([text()], {"on_insufficient": "pray"}, "on_insufficient"),
        ([text()], {"channel": "fax"}, "channel"),
        ([text()], {"channel": "voice"}, "messages[0].seconds"),
        ([call(-1)], {"channel": "voice"}, "messages[0].seconds"),
        ([call(10**9)], {"channel": "voice"}, "messages[0].seconds"),
    ],
)
def test_a_malformed_broadcast_names_its_field_and_uses_no_key(messages, options, field):
    make_card()
    location = make_location()
    with pytest.raises(BadInput) as refusal:
        send(location, *messages, **{"key": "k"} | options)
    assert refusal.value.field == field
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (chat("sideways"), "messages[0].direction"),
        (chat(inbox=""), "messages[0].inbox"),
        (chat(content="\x00"), "messages[0].content"),
        (chat(content="x" * 20_001), "messages[0].content"),
    ],
)
def test_a_malformed_chat_names_its_field(message, field):
    with pytest.raises(BadInput) as refusal:
        charging.charge_chat(make_location().pk, [message], key=key(), at=NOON)
    assert refusal.value.field == field


def test_an_unknown_location_is_an_error():
    with pytest.raises(UnknownLocation):
        charging.charge_broadcast(987654321, "text", [text()], key=key(), at=NOON)


def test_a_broadcast_is_one_statement():
    make_card()
    location = make_location()
    send(location, text())
    texts, sent = [text() for _ in range(100)], []
    assert count_statements(lambda: sent.append(send(location, *texts))) == 1
    assert sent[0].credits == 700
