"""Sending, and what the ledger has of it, in short words for tests."""

from ledger.engine import charging
from ledger.models import Entry, EntryKind
from tests.factories import (
    NOON,
    key,
)


def balance(location):
    location.balance.refresh_from_db()
    return location.balance.contract_credits, location.balance.purchased_credits


def send(location, *messages, channel="text", at=NOON, **options):
    options.setdefault("key", key())
    return charging.charge_broadcast(location.pk, channel, messages, at=at, **options)


def entries(location):
    usage = Entry.objects.for_location(location).exclude(kind=EntryKind.CONTRACT_GRANT)
    return [(e.kind, e.contract_delta, e.purchased_delta) for e in usage.order_by("number")]
