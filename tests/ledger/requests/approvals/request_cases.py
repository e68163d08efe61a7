"""Helpers of the tests of approvals."""

import datetime as dt
from typing import Any

from ledger.models import ApprovalRequest, Balance, Entry, EntryKind
from ledger.requests import approvals
from ledger.requests.approvals import ManualEntry
from locations.models import Location, User
from tests.factories import NOON, key

LATER = NOON + dt.timedelta(hours=5)


def adjustment(credits: int, **fields: Any) -> ManualEntry:
    return ManualEntry(kind=EntryKind.ADJUSTMENT, credits=credits, reason="Miscount", **fields)


def want(
    location: Location, wanted: ManualEntry, created_by: User, **options: Any
) -> approvals.ManualEntryResult:
    options = {"key": key(), "at": NOON} | options
    return approvals.post_or_request(location.pk, wanted, created_by=created_by, **options)


def ask(
    location: Location, wanted: ManualEntry, created_by: User, **options: Any
) -> ApprovalRequest:
    waiting = want(location, wanted, created_by, **options).pending
    assert waiting is not None
    return waiting


def buckets(location: Location) -> tuple[int, int]:
    balance = Balance.objects.get(location=location)
    return balance.contract_credits, balance.purchased_credits


def by_hand() -> list[tuple[str, int, int]]:
    kinds = [EntryKind.PURCHASE, EntryKind.ADJUSTMENT, EntryKind.REVERSAL, EntryKind.WRITE_OFF]
    made = Entry.objects.filter(kind__in=kinds).order_by("number")
    return [(entry.kind, entry.contract_delta, entry.purchased_delta) for entry in made]
