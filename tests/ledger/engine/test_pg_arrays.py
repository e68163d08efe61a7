"""An array literal comes back from PostgreSQL as the same list."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger.engine.pg_arrays import LITERALS

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 15, 12, 0, 0, 123456, tzinfo=ZoneInfo("Asia/Kathmandu"))


def through_postgresql(kind, values):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}", [LITERALS[kind](values)])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bigint[]", []),
        ("bigint[]", [1, None, -(10**18)]),
        ("int[]", [None]),
        ("date[]", [dt.date(2026, 2, 28), None]),
        ("timestamptz[]", [AT, None, AT.astimezone(dt.UTC)]),
        ("text[]", []),
        ("text[]", ["", "NULL", "a,b", "{}", '"', "\\", "\n", " ", "María", "\\x41"]),
    ],
)
def test_a_list_comes_back(kind, values):
    assert through_postgresql(kind, values) == values


def test_bytes_come_back():
    assert [bytes(each) for each in through_postgresql("bytea[]", [b"", b"\x00\xff\\"])] == [
        b"",
        b"\x00\xff\\",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
@example(['","', "'); --", "None"])
def test_any_text_comes_back(values):
    assert through_postgresql("text[]", values) == values


@pytest.mark.parametrize("values", [["\0"], ["a", "b\0"]])
def test_nul_character_is_refused(values):
    with pytest.raises(ValueError, match="NUL"):
        LITERALS["text[]"](values)
