"""Indexes of the tables that every charge writes."""

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db
WRITTEN = ["Charge", "Entry", "Hold", "InternationalMessage", "ChatMessage"]
WHOLE = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY k.place)
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY k (number, place)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE i.indrelid = %s::regclass AND i.indpred IS NULL
     GROUP BY c.relname
"""


@pytest.mark.parametrize("model", WRITTEN)
def test_no_index_is_a_prefix_of_another(model):
    table = apps.get_model("ledger", model)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, [table])
        indexes = dict(cursor.fetchall())
    assert len(indexes) > 1
    said_twice = [
        (name, other)
        for name, columns in indexes.items()
        for other, others in indexes.items()
        if name != other and others[: len(columns)] == columns
    ]
    assert said_twice == []


def test_usage_does_not_write_indexes_of_empty_columns():
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, [apps.get_model("ledger", "Entry")._meta.db_table])
        first_columns = {columns[0] for _name, columns in cursor.fetchall()}
    assert first_columns == {"id", "location_id", "charge_id"}
