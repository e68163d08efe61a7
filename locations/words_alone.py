"""For migrations that change what models are called, and nothing in the database."""

from collections.abc import Sequence

from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class WordsAlone(SeparateDatabaseAndState):
    """Operations on the state alone, a hundred as quick as one.

    Django makes all models anew after each; here they are made once, when they are next asked for.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__(state_operations=operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)
