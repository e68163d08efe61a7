"""The database guards itself: every rule attacked by going around Python."""

import contextlib
import datetime as dt

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from ledger import charging, funding, renewing
from ledger.guards import missing_guards
from ledger.models import Balance, Charge, ChatMessage, Entry, InternationalMessage
from locations import rate_cards
from locations.models import Contract, Location, Rate, RateCard
from tests.factories import NOON, chat, make_card, make_location, text

pytestmark = pytest.mark.django_db


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


@contextlib.contextmanager
def refused(name: str):
    """The statement is refused by this guard, at once or when constraints are checked."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    diagnosis = refusal.value.__cause__.diag
    # A trigger of ours names its constraint, one of pgtrigger's its function in the context.
    named = (diagnosis.constraint_name, diagnosis.message_primary, diagnosis.context)
    assert name in " ".join(filter(None, named))


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("model", [Entry, Charge, ChatMessage])
def test_what_happened_cannot_be_updated(ledger, model):
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
def test_what_happened_cannot_be_deleted(ledger, model, guard):
    with refused(guard):
        sql(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize(
    "model",
    [Entry, Charge, ChatMessage, InternationalMessage, Balance, RateCard, Rate],
)
def test_what_happened_cannot_be_truncated(ledger, model):
    with refused("is never emptied"):
        sql(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.parametrize("model", [Entry, Charge, ChatMessage])
def test_no_session_can_tell_the_triggers_to_look_away(ledger, model):
    with pgtrigger.ignore(), refused("append_only"):
        sql(f"UPDATE {model._meta.db_table} SET day = '2020-01-01'")


@pytest.mark.parametrize("model", [Entry, Charge, ChatMessage])
def test_not_even_by_bulk_update_or_delete_of_the_orm(ledger, model):
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
def test_of_an_international_message_only_the_status_changes(ledger, change):
    with refused("only_status_changes"):
        InternationalMessage.objects.update(**change)
    assert InternationalMessage.objects.update(status="Delivered", status_at=NOON) == 2


def add_entry(location, **changes):
    """An entry of 10 credits that continues the last one, but for the changes."""
    last = Entry.objects.for_location(location).latest("number")
    values = {
        "location_id": location.pk,
        "number": last.number + 1,
        "kind": "purchase",
        "contract_delta": 0,
        "purchased_delta": 10,
        "contract_after": last.contract_after,
        "purchased_after": last.purchased_after + 10,
        "at": NOON,
        "day": NOON.date(),
        "key": "added",
        "fingerprint": b"f" * 32,
        "reason": "",
        "reference": "",
    } | changes
    columns = ", ".join(values)
    places = ", ".join(["%s"] * len(values))
    sql(f"INSERT INTO ledger_entry ({columns}) VALUES ({places})", *values.values())


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


def test_a_usage_entry_is_what_its_messages_cost(ledger):
    charge = Charge.objects.get(key="chat")
    last = Entry.objects.for_location(ledger).latest("number")
    with refused("entry_equals_its_messages"):
        add_entry(
            ledger,
            kind="chat",
            contract_delta=-1,
            purchased_delta=0,
            contract_after=last.contract_after - 1,
            purchased_after=last.purchased_after,
            charge_id=charge.pk,
            day=NOON.date() + dt.timedelta(days=1),
            key=None,
            fingerprint=None,
        )
        Balance.objects.filter(location=ledger).update(
            contract_credits=last.contract_after - 1, last_number=last.number + 1
        )


def slip_in(message, **changes):
    """A copy of the message under the same charge and entry, but for the changes."""
    names = [field.column for field in message._meta.fields if not field.primary_key]
    given = {"position": 900, "external_id": "slipped"} | changes
    columns = ", ".join(names)
    values = ", ".join("%s" if name in given else name for name in names)
    sql(
        f"INSERT INTO {message._meta.db_table} ({columns})"
        f" SELECT {values} FROM {message._meta.db_table} WHERE id = {message.pk}",
        *[given[name] for name in names if name in given],
    )


@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ({}, "entry_equals_its_messages"),
        ({"entry_id": None}, "international_cost_has_entry"),
        ({"credits": 0, "contract_credits": 0}, "international_cost_has_entry"),
        ({"credits": -7, "contract_credits": -7}, "international_cost_has_entry"),
        ({"contract_credits": 8}, "international_credits"),
        ({"outcome": "refused", "refusal": "no_rate"}, "international_refused_is_free"),
        ({"external_id": "first"}, "international_external_id_once"),
        ({"position": 0}, "international_position_once"),
        ({"rate_id": None}, "international_price_has_rate"),
        ({"seconds": 60}, "international_call_has_seconds"),
    ],
)
def test_no_message_is_slipped_under_an_entry(ledger, changes, guard):
    charging.charge_broadcast(ledger.pk, "text", [text(external_id="first")], key="first", at=NOON)
    with refused(guard):
        slip_in(InternationalMessage.objects.get(external_id="first"), **changes)


def test_a_message_belongs_to_the_location_of_its_charge(ledger):
    with refused("message_location"):
        slip_in(
            ChatMessage.objects.get(),
            location_id=make_location().pk,
            entry_id=None,
            credits=0,
            contract_credits=0,
        )


NO_COST = {"entry_id": None, "credits": 0, "contract_credits": 0}


@pytest.mark.parametrize("model", [ChatMessage, InternationalMessage])
def test_no_message_names_a_charge_that_is_not_there(ledger, model):
    with refused("message_location"):
        slip_in(model.objects.first(), charge_id=10**9, **NO_COST)


@pytest.mark.parametrize("model", [ChatMessage, InternationalMessage])
@pytest.mark.parametrize("entry", ["of another charge", "that is not there"])
def test_a_message_names_an_entry_of_its_charge(ledger, model, entry):
    message = model.objects.first()
    other = Entry.objects.filter(charge__isnull=False).exclude(charge=message.charge_id).get()
    with refused("message_entry"):
        slip_in(message, entry_id=other.pk if entry == "of another charge" else 10**9)


def test_an_inbound_chat_message_is_never_refused(ledger):
    with refused("chat_inbound_is_never_refused"):
        slip_in(
            ChatMessage.objects.get(),
            direction="inbound",
            outcome="refused",
            refusal="insufficient_credits",
            entry_id=None,
            credits=0,
            contract_credits=0,
        )


@pytest.mark.parametrize(
    ("changes", "guard"),
    [
        ({"credits": 200, "needed_credits": 200}, "charge_within_overdraft"),
        ({"credits": 20}, "charge_credits"),
        ({"key": ""}, "charge_key_not_empty"),
        ({}, "charge_key_once"),
        ({"outcome": "refused"}, "charge_refusal_has_reason"),
    ],
)
def test_a_charge_that_breaks_a_rule_is_refused(ledger, changes, guard):
    charge = Charge.objects.get(key="broadcast")
    with refused(guard):
        names = [field.column for field in Charge._meta.fields if not field.primary_key]
        given = changes if guard == "charge_key_once" else {"key": "other"} | changes
        values = ", ".join("%s" if name in given else name for name in names)
        sql(
            f"INSERT INTO ledger_charge ({', '.join(names)})"
            f" SELECT {values} FROM ledger_charge WHERE id = {charge.pk}",
            *[given[name] for name in names if name in given],
        )


@pytest.mark.parametrize(
    "change",
    [
        {"starts_on": dt.date(2025, 12, 1)},
        {"term_months": 6},
        {"ends_on": dt.date(2026, 1, 1)},
    ],
)
def test_terms_that_were_granted_stay(ledger, change):
    with refused("contract_"):
        Contract.objects.filter(location=ledger).update(**change)


def test_no_contract_starts_where_renewals_have_been(ledger):
    with refused("contract_after_settled_terms"):
        Contract.objects.create(
            location=ledger,
            starts_on=dt.date(2025, 1, 1),
            ends_on=dt.date(2026, 1, 1),
            included_credits=5,
        )


def test_an_ended_contract_stays_ended():
    location = make_location(ends_on=dt.date(2026, 3, 1))
    renewing.renew(location.pk, at=NOON)
    with refused("contract_ended_stays_ended"):
        Contract.objects.filter(location=location).update(ends_on=None)


def test_contracts_do_not_overlap():
    location = make_location()
    with refused("contract_no_overlap"):
        Contract.objects.create(
            location=location, starts_on=dt.date(2026, 3, 1), included_credits=5
        )


def test_a_published_card_and_its_rates_stay_as_they_are(ledger):
    card = RateCard.objects.get()
    with refused("ratecard_published_is_fixed"):
        RateCard.objects.update(chat_sms_credits=1)
    with refused("ratecard_published_is_fixed"):
        sql("DELETE FROM locations_ratecard")
    for statement in (
        "UPDATE locations_rate SET credits = 1",
        "DELETE FROM locations_rate",
        "INSERT INTO locations_rate (card_id, country, carrier_type, channel, prefix, credits,"
        " first_seconds, following_seconds)"
        f" VALUES ({card.pk}, 'NO', 'mobile', 'text', '', 1, 60, 60)",
    ):
        with refused("rate_of_published_card"):
            sql(statement)


def test_a_draft_card_may_change_until_it_is_published():
    draft = make_card(published=False)
    assert Rate.objects.filter(card=draft).update(credits=3) == 5
    rate_cards.publish(draft, at=NOON)
    with refused("rate_of_published_card"):
        Rate.objects.filter(card=draft).update(credits=4)


def test_a_message_that_cost_something_cannot_lose_its_location(ledger):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("DELETE FROM locations_location WHERE id = %s", ledger.pk)
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert Location.objects.filter(pk=ledger.pk).exists()


def test_no_guard_is_missing_from_a_migrated_database():
    assert list(missing_guards()) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("ALTER TABLE ledger_entry DISABLE TRIGGER USER", "append_only"),
        ("ALTER TABLE ledger_entry DROP CONSTRAINT entry_signs", "entry_signs"),
        ("DROP INDEX entry_key_once", "entry_key_once"),
        ("DROP TRIGGER ledger_contract_guard ON locations_contract", "ledger_contract_guard"),
        (
            "CREATE OR REPLACE FUNCTION ledger_check_messages(p_entry bigint) RETURNS void"
            " LANGUAGE plpgsql AS $$ BEGIN END $$",
            "ledger_check_messages",
        ),
        (
            "ALTER TABLE ledger_entry DROP CONSTRAINT (SELECT conname)",
            "charge_id of ledger_entry",
        ),
    ],
)
def test_a_missing_guard_is_named(statement, named):
    if "SELECT conname" in statement:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = conrelid"
                " AND a.attnum = conkey[1] WHERE contype = 'f'"
                " AND conrelid = 'ledger_entry'::regclass AND attname = 'charge_id'"
            )
            statement = statement.replace("(SELECT conname)", f'"{cursor.fetchone()[0]}"')
    sql(statement)
    assert any(named in missing for missing in missing_guards())
