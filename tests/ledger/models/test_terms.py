"""Guards of terms, contracts and published cards; missing guards are reported."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.engine import renewals
from ledger.verification import schema
from ledger.verification.schema import missing_guards
from locations.models import Contract, Location, Rate, RateCard
from locations.rate_cards import publishing
from tests.factories import NOON, make_card, make_location
from tests.ledger.models.attacks import refused, sql

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {"starts_on": dt.date(2025, 12, 1)},
        {"term_months": 6},
        {"ends_on": dt.date(2026, 1, 1)},
    ],
)
def test_granted_terms_cannot_change(ledger, change):
    with refused("contract_"):
        Contract.objects.filter(location=ledger).update(**change)


def test_contract_cannot_start_before_last_renewal(ledger):
    with refused("contract_after_settled_terms"):
        Contract.objects.create(
            location=ledger,
            starts_on=dt.date(2025, 1, 1),
            ends_on=dt.date(2026, 1, 1),
            included_credits=5,
        )


def test_an_ended_contract_stays_ended():
    location = make_location(ends_on=dt.date(2026, 3, 1))
    renewals.renew(location.pk, at=NOON)
    with refused("contract_ended_stays_ended"):
        Contract.objects.filter(location=location).update(ends_on=None)


def test_contracts_do_not_overlap():
    location = make_location()
    with refused("contract_no_overlap"):
        Contract.objects.create(
            location=location, starts_on=dt.date(2026, 3, 1), included_credits=5
        )


def test_published_card_cannot_change(ledger):
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
    publishing.publish_card(draft, at=NOON)
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
            "function ledger_check_messages is missing or not the one of this version",
        ),
        (
            "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name)"
            " RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$",
            "function _pgtrigger_should_ignore is missing or not the one of this version",
        ),
        (
            "CREATE FUNCTION ledger_append(p_location bigint) RETURNS void"
            " LANGUAGE plpgsql AS $$ BEGIN END $$",
            "function ledger_append exists more than once",
        ),
        *(
            (f"ALTER FUNCTION {change}", "is missing or not the one of this version")
            for change in (
                "ledger_charge RESET ALL",
                "ledger_charge SET plan_cache_mode = auto",
                "ledger_charge SECURITY DEFINER",
                "ledger_check_messages SET search_path = pg_temp",
                "_pgtrigger_should_ignore IMMUTABLE",
            )
        ),
        *(
            (f"ALTER FUNCTION {name} RENAME TO another", f"function {name} is missing")
            for name in (
                "_pgtrigger_should_ignore",
                "ledger_append",
                "ledger_charge",
                "ledger_check_messages",
                "ledger_contract_guard",
            )
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


def test_an_sql_file_without_a_function_is_named(monkeypatch, tmp_path):
    (tmp_path / "empty.sql").write_text("CREATE FUNCTION other() RETURNS void")
    monkeypatch.setattr(schema, "SQL", tmp_path / "gone")
    assert "no SQL file was found in gone" in list(missing_guards())
    monkeypatch.setattr(schema, "SQL", tmp_path)
    assert "no function was found in empty.sql" in list(missing_guards())
