from collections.abc import Sequence
from pathlib import Path

from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import (
    AddConstraint,
    AddIndex,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


class SchemaBatch(SeparateDatabaseAndState):
    """Run operations with the models rendered once before and once after, not after each of them.

    Operations that need a state in between (a renamed model and its renamed field) go into two
    batches. RenameModel stays outside, where Django finds it to rename the content type.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__(database_operations=operations, state_operations=operations)

    def deconstruct(self) -> tuple[str, list[Sequence[Operation]], dict[str, object]]:
        return type(self).__name__, [self.database_operations], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered when it is next read
        super().state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.database_operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.database_operations):
            # These look up their model, which `to_state` lacks if the batch created it.
            is_addition = isinstance(operation, AddConstraint | AddIndex | AddTrigger)
            before = from_state if is_addition else to_state
            operation.database_backwards(app_label, schema_editor, from_state, before)


def run_sql_file(app_label: str, name: str) -> RunSQL:
    """Run `<app>/sql/<name>.sql` as it is now; each file may be run any number of times."""
    file = Path(apps.get_app_config(app_label).path) / "sql" / f"{name}.sql"
    return RunSQL(file.read_text(encoding="utf-8"), RunSQL.noop)
