"""Raw SQL against the guards of the database."""

import contextlib

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.models import Entry
from tests.factories import NOON


@contextlib.contextmanager
def refused(name: str):
    """The guard refuses the statement, at once or when constraints are checked."""
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


def copy_message(message, **changes):
    """A copy of the message under the same charge and entry, but for the changes."""
    names = [field.column for field in message._meta.fields if not field.primary_key]
    values_by_name = {"position": 900, "external_id": "slipped"} | changes
    columns = ", ".join(names)
    values = ", ".join("%s" if name in values_by_name else name for name in names)
    sql(
        f"INSERT INTO {message._meta.db_table} ({columns})"
        f" SELECT {values} FROM {message._meta.db_table} WHERE id = {message.pk}",
        *[values_by_name[name] for name in names if name in values_by_name],
    )
