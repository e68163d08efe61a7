import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pgtrigger
from django.apps import apps
from django.db.models import ForeignKey, Model

from locations.db.sql import fetch_rows

GUARDED_APPS = ("locations", "ledger")
SQL = Path(__file__).parents[1] / "sql"
FUNCTION = re.compile(
    r"^CREATE OR REPLACE FUNCTION (?:public\.)?(?P<name>\w+)\(.*?"
    r"\bLANGUAGE (?P<language>\w+)(?: SET (?P<setting>\w+ = \w+))? AS \$\$(?P<body>.*?)\$\$",
    re.DOTALL | re.MULTILINE,
)
UNSTATED = ("v", False)  # volatile and not SECURITY DEFINER: no file says otherwise
OWN_TRIGGERS = (("ledger_contract_guard", "locations_contract"),)


def missing_guards() -> Iterator[str]:
    """Name each constraint, trigger, function and foreign key that is absent or switched off."""
    yield from _missing_triggers()
    yield from _missing_constraints()
    yield from _missing_foreign_keys()
    yield from _changed_functions()


def guarding_role() -> str | None:
    """Why the connected role could get around the guards; None if it could not."""
    rows = fetch_rows(
        """SELECT rolsuper, pg_has_role(current_user, c.relowner, 'usage')
             FROM pg_roles, pg_class c
            WHERE rolname = current_user AND c.oid = 'ledger_entry'::regclass"""
    )
    is_superuser, is_owner = rows[0]
    if is_superuser:
        return "is a superuser"
    return "owns the ledger's tables" if is_owner else None


def _missing_triggers() -> Iterator[str]:
    # 'O' and 'A' fire in ordinary sessions; 'D' is disabled, 'R' fires on replicas only.
    present = set(
        fetch_rows(
            """SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
                WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
                  AND relnamespace = current_schema()::regnamespace"""
        )
    )
    expected = [
        (trigger.get_pgid(model), model._meta.db_table)
        for model, trigger in pgtrigger.registered()
        if model._meta.app_label in GUARDED_APPS
    ]
    for name, table in [*expected, *OWN_TRIGGERS]:
        if (name, table) not in present:
            yield f"trigger {name} on {table} is missing or switched off"


def _missing_constraints() -> Iterator[str]:
    # A unique constraint with a condition is an index to PostgreSQL.
    present = {
        name
        for (name,) in fetch_rows(
            """SELECT conname FROM pg_constraint WHERE convalidated
                UNION
               SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid
                WHERE indisunique AND indisvalid"""
        )
    }
    for model in _models():
        for constraint in model._meta.constraints:
            if constraint.name not in present:
                yield f"constraint {constraint.name} on {model._meta.db_table} is missing"


def _missing_foreign_keys() -> Iterator[str]:
    present = set(
        fetch_rows(
            """SELECT c.relname, a.attname FROM pg_constraint k
                 JOIN pg_class c ON c.oid = k.conrelid
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
                WHERE k.contype = 'f' AND k.convalidated
                  AND NOT EXISTS (SELECT 1 FROM pg_trigger t
                                   WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O')"""
        )
    )
    for model in _models():
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey) and getattr(field, "db_constraint", True):
                table, column = model._meta.db_table, field.column
                if (table, column) not in present:
                    yield f"foreign key {column} of {table} is missing or switched off"


def _changed_functions() -> Iterator[str]:
    expected = {}
    files = sorted(SQL.glob("*.sql"))
    if not files:
        yield f"no SQL file was found in {SQL.name}"
    for file in files:
        matches = list(FUNCTION.finditer(file.read_text(encoding="utf-8")))
        if not matches:
            yield f"no function was found in {file.name}"
        for each in matches:
            settings = [each["setting"].replace(" ", "")] if each["setting"] else None
            expected[each["name"]] = (each["body"], each["language"], settings, *UNSTATED)
    present: dict[str, list[tuple[Any, ...]]] = {}
    for name, *columns in fetch_rows(
        """SELECT proname, prosrc, lanname, proconfig, provolatile, prosecdef
             FROM pg_proc JOIN pg_language l ON l.oid = prolang
            WHERE proname = ANY(%(names)s)""",
        names=list(expected),
    ):
        present.setdefault(name, []).append(tuple(columns))
    for name, definition in expected.items():
        definitions = present.get(name, [])
        if definition not in definitions:
            yield f"function {name} is missing or not the one of this version"
        elif len(definitions) > 1:
            # Left behind with an older signature, or in another schema: a call may reach it.
            yield f"function {name} exists more than once"


def _models() -> Iterator[type[Model]]:
    for label in GUARDED_APPS:
        yield from apps.get_app_config(label).get_models()
