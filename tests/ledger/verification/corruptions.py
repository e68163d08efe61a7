"""A sound ledger, and every way to corrupt it behind the guards."""

import datetime as dt

from django.db import connection

from ledger.engine import charging, funding
from locations.models import Location
from tests.factories import NOON, call, chat, key, make_card, make_location, text

GUARDED = (
    "ledger_entry",
    "ledger_balance",
    "ledger_charge",
    "ledger_internationalmessage",
    "ledger_chatmessage",
    "locations_contract",
    "locations_rate",
)


def sound_ledger() -> tuple[Location, Location]:
    """Two locations with every kind of entry that there is, and nothing wrong."""
    make_card()
    locations = (
        make_location(name="Harbor", included=100, starts_on=dt.date(2025, 6, 1)),
        make_location(name="Depot", included=40, overdraft_limit=20, time_zone="Asia/Tokyo"),
    )
    before = NOON - dt.timedelta(days=30)
    for location in locations:
        charging.charge_broadcast(location.pk, "text", [text(sent_at=before)], key=key(), at=before)
        funding.purchase(location.pk, 30, key=key(), at=NOON, reference="PO")
        funding.adjust(location.pk, -2, key=key(), at=NOON, reason="Miscount")
        charging.charge_broadcast(location.pk, "voice", [call(61), call(0)], key=key(), at=NOON)
        charging.charge_chat(
            location.pk, [chat("inbound") for _ in range(30)] + [chat()], key=key(), at=NOON
        )
        charging.charge_broadcast(location.pk, "text", [text("+33")], key=key(), at=NOON)
    return locations


def corrupt(*statements: str) -> None:
    """Run SQL with every guard switched off: what a superuser, or a disk, could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def drop_constraint(table: str, name: str) -> str:
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}"


FIRST = "(SELECT min(id) FROM locations_location)"

CORRUPTIONS = [
    (
        "a balance was raised",
        [f"UPDATE ledger_balance SET purchased_credits = 999 WHERE location_id = {FIRST}"],
        {
            (1, "balance equals the sum of its entries"),
            (6, "the daily table closes at the balance"),
        },
    ),
    (
        "a balance row is gone",
        [f"DELETE FROM ledger_balance WHERE location_id = {FIRST}"],
        {
            (1, "balance equals the sum of its entries"),
            (4, "one grant per term, no gap"),
            (6, "the daily table closes at the balance"),
        },
    ),
    (
        "an entry was changed",
        [
            "UPDATE ledger_entry SET purchased_delta = 31 WHERE kind = 'purchase'"
            f" AND location_id = {FIRST}"
        ],
        {
            (1, "balance equals the sum of its entries"),
            (2, "each entry continues the one before"),
            (6, "the daily table closes at the balance"),
        },
    ),
    (
        "an entry was deleted",
        [f"DELETE FROM ledger_entry WHERE kind = 'adjustment' AND location_id = {FIRST}"],
        {
            (1, "balance equals the sum of its entries"),
            (2, "each entry continues the one before"),
            (6, "the daily table closes at the balance"),
        },
    ),
    (
        "a message was made cheaper",
        [
            "UPDATE ledger_internationalmessage SET credits = 12, contract_credits = 12"
            f" WHERE seconds = 61 AND location_id = {FIRST}"
        ],
        {
            (3, "an entry's messages sum to what it took"),
            (3, "a charge is what its entries and its messages say"),
            (3, "an international message costs what its rate says"),
        },
    ),
    (
        "a message was moved to another entry",
        [
            "UPDATE ledger_internationalmessage SET entry_id = (SELECT max(id) FROM ledger_entry"
            f" WHERE location_id = {FIRST} AND kind = 'chat')"
            f" WHERE seconds = 61 AND location_id = {FIRST}"
        ],
        {
            (3, "what cost something belongs to the entry of its charge and day"),
            (3, "an entry's messages sum to what it took"),
        },
    ),
    (
        "a message lost its entry",
        [
            drop_constraint("ledger_internationalmessage", "international_cost_has_entry"),
            "UPDATE ledger_internationalmessage SET entry_id = NULL"
            f" WHERE seconds = 61 AND location_id = {FIRST}",
        ],
        {
            (3, "what cost something belongs to the entry of its charge and day"),
            (3, "an entry's messages sum to what it took"),
            (7, "every guard is in place"),
        },
    ),
    (
        "a message was deleted",
        [
            "DELETE FROM ledger_chatmessage WHERE id ="
            f" (SELECT min(id) FROM ledger_chatmessage WHERE location_id = {FIRST})"
        ],
        {
            (3, "an entry's messages sum to what it took"),
            (3, "a charge is what its entries and its messages say"),
        },
    ),
    (
        "a refused message lost its charge",
        [
            "INSERT INTO ledger_chatmessage (location_id, charge_id, position, external_id, phone,"
            " outcome, refusal, credits, contract_credits, sent_at, day, inbox_id, direction,"
            " content, text_type)"
            " SELECT location_id, 987654321, 0, 'lost', phone, 'refused', 'insufficient_credits',"
            " 0, 0, sent_at, day, inbox_id, 'outbound', '', 'sms' FROM ledger_chatmessage"
            f" WHERE location_id = {FIRST} LIMIT 1"
        ],
        {(3, "a message belongs to a charge of its location")},
    ),
    (
        "a call was made shorter",
        [
            "UPDATE ledger_internationalmessage SET seconds = 60"
            f" WHERE seconds = 61 AND location_id = {FIRST}"
        ],
        {(3, "an international message costs what its rate says")},
    ),
    (
        "a published rate was changed",
        ["UPDATE locations_rate SET credits = 13 WHERE country = 'MX' AND channel = 'voice'"],
        {(3, "an international message costs what its rate says")},
    ),
    (
        "a chat message became an MMS",
        [
            "UPDATE ledger_chatmessage SET text_type = 'mms' WHERE id ="
            f" (SELECT min(id) FROM ledger_chatmessage WHERE location_id = {FIRST})"
        ],
        {(3, "a chat message costs what its card says")},
    ),
    (
        "a message was charged twice",
        [
            "DROP INDEX chat_external_id_once",
            f"UPDATE ledger_chatmessage SET external_id = 'same' WHERE location_id = {FIRST}"
            " AND position < 2",
        ],
        {(3, "an external id is charged once"), (7, "every guard is in place")},
    ),
    (
        "a key stands for a charge and a purchase",
        [
            "UPDATE ledger_entry SET key = (SELECT min(key) FROM ledger_charge"
            f" WHERE location_id = {FIRST}) WHERE kind = 'purchase' AND location_id = {FIRST}"
        ],
        {(3, "an idempotency key is used once")},
    ),
    (
        "a charge says it took more",
        [
            drop_constraint("ledger_charge", "charge_credits"),
            "UPDATE ledger_charge SET credits = credits + 1"
            f" WHERE kind = 'voice' AND location_id = {FIRST}",
        ],
        {
            (3, "a charge is what its entries and its messages say"),
            (7, "every guard is in place"),
        },
    ),
    (
        "a grant stands for another term",
        [
            "UPDATE ledger_entry SET term_starts_on = term_starts_on + 1"
            f" WHERE kind = 'contract_grant' AND number = 1 AND location_id = {FIRST}"
        ],
        {(4, "one grant per term, no gap"), (6, "a past term never changes")},
    ),
    (
        "renewals were skipped",
        [
            "UPDATE ledger_balance SET renewed_through_on = '2030-01-01'"
            f" WHERE location_id = {FIRST}"
        ],
        {(4, "one grant per term, no gap")},
    ),
    (
        "an outbound charge went below the limit",
        [
            drop_constraint("ledger_charge", "charge_within_overdraft"),
            f"UPDATE ledger_charge SET overdraft_limit = -1000 WHERE location_id = {FIRST}"
            " AND kind = 'chat'",
        ],
        {
            (5, "no outbound charge goes below the overdraft limit"),
            (7, "every guard is in place"),
        },
    ),
    (
        "a charge saw credits that were not there",
        [
            f"UPDATE ledger_charge SET available_before = 500000 WHERE location_id = {FIRST}"
            " AND kind = 'voice'"
        ],
        {(5, "a charge was judged by the balance that was there")},
    ),
    (
        "a past term was changed",
        [
            "UPDATE ledger_entry SET day = '2026-05-01' WHERE kind = 'purchase'"
            f" AND location_id = {FIRST}"
        ],
        {(6, "a past term never changes")},
    ),
]
