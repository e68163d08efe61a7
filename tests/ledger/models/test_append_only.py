"""Raw SQL against entries, charges, messages and balances."""

import datetime as dt

import pgtrigger
import pytest

from ledger.models import Balance, Charge, ChatMessage, Entry, InternationalMessage
from locations.models import Rate, RateCard
from tests.factories import NOON
from tests.ledger.models.attacks import add_entry, refused, sql

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Entry, Charge, ChatMessage])
def test_ledger_rows_cannot_be_updated(ledger, model):
    with refused("append_only"):
        model.objects.update(day=dt.date(2020, 1, 1))


@pytest.mark.parametrize(
    ("model", "guard"),
    [
        (Entry, "entry_append_only"),
        (Charge, "charge_append_only"),
        (ChatMessage, "chat_is_kept"),
        (InternationalMessage, "international_is_kept"),
        (Balance, "balance_is_kept"),
    ],
)
def test_ledger_rows_cannot_be_deleted(ledger, model, guard):
    with refused(guard):
        sql(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize(
    "model",
    [Entry, Charge, ChatMessage, InternationalMessage, Balance, RateCard, Rate],
)
def test_ledger_rows_cannot_be_truncated(ledger, model):
    with refused("is never emptied"):
        sql(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.parametrize("model", [Entry, Charge, ChatMessage])
def test_session_cannot_ignore_triggers(ledger, model):
    # What `pgtrigger.ignore()` sends before a statement.
    triggers = [(table, trigger.get_pgid(table)) for table, trigger in pgtrigger.registered()]
    ignored = [f"{table._meta.db_table}:{pgid},{pgid}" for table, pgid in triggers]
    with refused("append_only"):
        sql("SELECT set_config('pgtrigger.ignore', %s, true)", f"{{{','.join(ignored)}}}")
        sql(f"UPDATE {model._meta.db_table} SET day = '2020-01-01'")


@pytest.mark.parametrize("model", [Entry, Charge, ChatMessage])
def test_orm_bulk_methods_cannot_change_ledger_rows(ledger, model):
    with refused("append_only"):
        row = model.objects.first()
        row.day = dt.date(2020, 1, 1)
        model.objects.bulk_update([row], ["day"])
    with refused("Cannot"):
        model.objects.filter(pk=model.objects.first().pk)._raw_delete("default")


@pytest.mark.parametrize(
    "change",
    [
        {"credits": 0, "contract_credits": 0},
        {"phone": "+1"},
        {"profile": {"City": "Elsewhere"}},
        {"entry": None},
        {"sent_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"rate": None},
    ],
)
def test_only_status_of_international_message_can_change(ledger, change):
    with refused("only_status_changes"):
        InternationalMessage.objects.update(**change)
    assert InternationalMessage.objects.update(status="Delivered", status_at=NOON) == 2


@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ({"number": 9}, "entry_continues_the_last"),
        ({"number": 2}, "entry_continues_the_last"),
        ({"purchased_after": 1_000}, "entry_continues_the_last"),
        ({"contract_after": 99}, "entry_continues_the_last"),
        ({}, "entry_moves_the_balance"),
        ({"purchased_delta": -10, "purchased_after": 40}, "entry_signs"),
        ({"kind": "reversal"}, "entry_reversal_names_its_charge"),
        ({"kind": "gift"}, "entry_kind_has_its_cause"),
        ({"kind": "chat", "purchased_delta": -1, "purchased_after": 49}, "kind_has_its_cause"),
        ({"kind": "adjustment"}, "entry_adjustment_has_reason"),
        ({"key": None}, "entry_kind_has_its_cause"),
        ({"key": "purchase"}, "entry_key_once"),
        ({"location_id": 987654321}, "entry_continues_the_last"),
    ],
)
def test_an_entry_that_breaks_a_rule_is_refused(ledger, changes, guard):
    with refused(guard):
        add_entry(ledger, **changes)


def test_the_contract_bucket_never_goes_below_zero(ledger):
    with refused("entry_contract_not_negative"):
        last = Entry.objects.for_location(ledger).latest("number")
        add_entry(
            ledger,
            kind="adjustment",
            reason="take",
            purchased_delta=0,
            purchased_after=last.purchased_after,
            contract_delta=-last.contract_after - 1,
            contract_after=-1,
        )


def test_a_term_is_granted_once(ledger):
    contract = ledger.contracts.get()
    grant = Entry.objects.get(contract=contract)
    last = Entry.objects.for_location(ledger).latest("number")
    with refused("entry_one_grant_per_term"):
        add_entry(
            ledger,
            kind="contract_grant",
            contract_delta=5,
            purchased_delta=0,
            contract_after=last.contract_after + 5,
            purchased_after=last.purchased_after,
            contract_id=contract.pk,
            term_starts_on=grant.term_starts_on,
            key=None,
            fingerprint=None,
        )


@pytest.mark.parametrize(
    "change",
    [{"purchased_credits": 1_000_000}, {"contract_credits": 0}, {"last_number": 99}],
)
def test_a_balance_cannot_be_set(ledger, change):
    with refused("balance_equals_last_entry"):
        Balance.objects.filter(location=ledger).update(**change)
