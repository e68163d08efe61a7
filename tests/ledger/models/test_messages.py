"""Messages and charges are what their entries say."""

import datetime as dt

import pytest

from ledger.engine import charging
from ledger.models import Balance, Charge, ChatMessage, Entry, InternationalMessage
from tests.factories import NOON, make_location, text
from tests.ledger.models.attacks import add_entry, copy_message, refused, sql

pytestmark = pytest.mark.django_db


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
def test_message_cannot_be_added_to_an_entry(ledger, changes, guard):
    charging.charge_broadcast(ledger.pk, "text", [text(external_id="first")], key="first", at=NOON)
    with refused(guard):
        copy_message(InternationalMessage.objects.get(external_id="first"), **changes)


def test_a_message_belongs_to_the_location_of_its_charge(ledger):
    with refused("message_location"):
        copy_message(
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
        copy_message(model.objects.first(), charge_id=10**9, **NO_COST)


@pytest.mark.parametrize("model", [ChatMessage, InternationalMessage])
@pytest.mark.parametrize("entry", ["of another charge", "that is not there"])
def test_a_message_names_an_entry_of_its_charge(ledger, model, entry):
    message = model.objects.first()
    other = Entry.objects.filter(charge__isnull=False).exclude(charge=message.charge_id).get()
    with refused("message_entry"):
        copy_message(message, entry_id=other.pk if entry == "of another charge" else 10**9)


def test_an_inbound_chat_message_is_never_refused(ledger):
    with refused("chat_inbound_is_never_refused"):
        copy_message(
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
