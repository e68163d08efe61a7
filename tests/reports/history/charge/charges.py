"""Broadcasts that are charged, and where the pages of their charges are."""

import datetime as dt
from typing import Any

from ledger.engine.charging import charge_broadcast
from locations.models import Location
from tests.factories import key

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)


def address(location: Location, charge_id: int) -> str:
    return f"/locations/{location.pk}/credit-usage/charges/{charge_id}/"


def sent(location: Location, *messages: Any, channel: str = "text", **options: Any) -> int:
    options = {"key": key(), "at": NOW} | options
    return charge_broadcast(location.pk, channel, messages, **options).charge_id
