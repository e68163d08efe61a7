"""Holding and settling calls, in short words for tests."""

import datetime as dt

from ledger.engine import holds
from ledger.engine.holds import PlannedCall
from ledger.models import Balance
from tests.factories import (
    MEXICO,
    NOON,
    key,
)

LATER = NOON + dt.timedelta(minutes=5)

AFTER = NOON + dt.timedelta(hours=2)


def hold_call(location, seconds=120, **options):
    options = {"key": key(), "at": NOON, "seconds_to_live": 3600} | options
    wanted = PlannedCall(phone=options.pop("phone", MEXICO), expected_seconds=seconds)
    return holds.hold(location.pk, call=wanted, **options).hold


def standing(location, at=NOON):
    balance = Balance.objects.as_of(at).get(location=location)
    return balance.total, balance.held_credits, balance.available


def settle(hold, *messages, channel="voice", at=LATER, **options):
    return holds.settle(hold.pk, channel, messages, at=at, **{"key": key()} | options)
