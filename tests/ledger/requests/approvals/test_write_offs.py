"""Debts written off by hand."""

import datetime as dt
from typing import Any

import pytest

from ledger.engine import charging, funding, renewals
from ledger.engine.funding import NothingToWriteOff
from ledger.models import Entry, EntryKind
from ledger.requests import approvals
from ledger.requests.approvals import ManualEntry
from ledger.verification.verify import breaches
from locations.models import User
from tests.factories import NOON, chat, key, make_card, make_location
from tests.ledger.models.attacks import add_entry, refused
from tests.ledger.requests.approvals.request_cases import LATER, ask, buckets
from tests.ledger.verification.corruptions import corrupt, drop_constraint


def test_a_debt_is_written_off_by_hand_and_once(ada: User, bob: User):
    make_card()
    location = make_location(included=None)
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(6)], key=key(), at=NOON)
    assert buckets(location) == (0, -12)
    asked = ask(location, ManualEntry(kind=EntryKind.WRITE_OFF, reason="Spam from outside"), ada)
    assert asked.credits == 12
    charging.charge_chat(location.pk, [chat("inbound")], key=key(), at=NOON)
    entry = approvals.approve(asked.pk, decided_by=bob, at=LATER).entry
    assert entry is not None
    assert (entry.kind, entry.purchased_delta, entry.contract) == ("write_off", 14, None)
    assert buckets(location) == (0, 0)
    with pytest.raises(NothingToWriteOff):
        funding.write_off(location.pk, key=key(), at=LATER, reason="Again", created_by=ada)
    assert list(breaches()) == []


def test_a_renewal_after_a_write_off_by_hand_writes_nothing_off(ada: User):
    location = make_location(included=2, starts_on=dt.date(2025, 6, 20))
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(3)], key=key(), at=NOON)
    funding.write_off(location.pk, key=key(), at=NOON, reason="Goodwill", created_by=ada)
    renewals.renew(location.pk, at=NOON + dt.timedelta(days=6))
    kinds = (
        Entry.objects.filter(location=location).order_by("number").values_list("kind", flat=True)
    )
    assert list(kinds) == ["contract_grant", "chat", "write_off", "contract_grant"]
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ({"purchased_after": -2, "purchased_delta": 10}, "entry_write_off_ends_at_zero"),
        ({"reason": ""}, "entry_write_off_by_hand_has_reason"),
        ({"created_by_id": None}, "entry_write_off_by_hand_has_reason"),
        ({"key": None, "fingerprint": None}, "entry_kind_has_its_cause"),
    ],
)
def test_the_database_knows_what_a_write_off_by_hand_is(
    ada: User, changes: dict[str, Any], guard: str
):
    location = make_location(included=None)
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(6)], key=key(), at=NOON)
    sound = {
        "kind": "write_off",
        "purchased_delta": 12,
        "purchased_after": 0,
        "created_by_id": ada.pk,
        "reason": "Goodwill",
    }
    with refused(guard):
        add_entry(location, **sound | changes)


def test_verify_ledger_finds_a_write_off_that_does_not_end_at_zero(ada: User):
    location = make_location(included=None)
    charging.charge_chat(location.pk, [chat("inbound") for _ in range(6)], key=key(), at=NOON)
    funding.write_off(location.pk, key=key(), at=NOON, reason="Goodwill", created_by=ada)
    corrupt(
        drop_constraint("ledger_entry", "entry_write_off_by_hand_has_reason"),
        "UPDATE ledger_entry SET reason = '' WHERE kind = 'write_off'",
    )
    found = {(breach.rule, breach.check) for breach in breaches()}
    assert found == {(2, "a write-off ends at zero"), (7, "every guard is in place")}
