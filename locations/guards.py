"""What the database's guards say, for a person."""

from django.apps import apps
from django.db import DatabaseError
from django.db.models import CheckConstraint

# What pgtrigger's ready-made guards answer, by the first words of their own message.
PGTRIGGER_SAYS = {
    "pgtrigger: Cannot update": "This is kept as it was written: it cannot be changed.",
    "pgtrigger: Cannot delete": "This is kept for good: it cannot be deleted.",
}
UNKNOWN = "The database refused this. Nothing was changed."


def guard_of(error: DatabaseError) -> str:
    """The name of the constraint or guard that refused; empty where none is named."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def message_of(error: DatabaseError) -> str:
    """The one place that turns a guard's error into a message for a person.

    Guards written as triggers carry their own sentence; constraints have theirs beside them in
    the model (`violation_error_message`).
    """
    said = getattr(getattr(error.__cause__, "diag", None), "message_primary", None) or ""
    for words, message in PGTRIGGER_SAYS.items():
        if said.startswith(words):
            return message
    name = guard_of(error)
    if not name:
        return UNKNOWN
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                if constraint.violation_error_message in (
                    None,
                    CheckConstraint.default_violation_error_message,
                ):
                    return f"The rule “{name.replace('_', ' ')}” refuses this."
                return str(constraint.violation_error_message)
    # PostgreSQL's own words name tables and columns; a guard's begin otherwise.
    if name.endswith(("_fk", "_pkey", "_uniq", "_key", "_check")):
        return UNKNOWN
    return said[:1].upper() + said[1:].rstrip(".") + "."
