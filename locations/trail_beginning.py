"""The trail's first lines: every row as it stood when its trail began."""

from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.models.trail import FOUND


def begin(apps: Apps, schema_editor: BaseDatabaseSchemaEditor, *, models: Iterable[str]) -> None:
    """In a migration: tell of what is there, so that the first change has an old value beside it.

    `models` are named like `locations.contract`; each has its `Event` model in the state.
    """
    with schema_editor.connection.cursor() as cursor:
        for name in models:
            label, _, model_name = name.partition(".")
            model: Any = apps.get_model(label, model_name)
            event: Any = apps.get_model(label, f"{model_name}event")
            columns = {field.column for field in model._meta.local_fields}
            same = [f.column for f in event._meta.local_fields if f.column in columns]
            listed = ", ".join(f'"{column}"' for column in same)
            cursor.execute(
                f"INSERT INTO {event._meta.db_table}"
                f" ({listed}, pgh_created_at, pgh_label, pgh_obj_id)"
                f" SELECT {listed}, now(), %s, {model._meta.pk.column}"
                f" FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}",
                [FOUND],
            )
