from django.apps import apps
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What pgtrigger's ready-made guards answer, by the first words of their own message.
PGTRIGGER_MESSAGES = {
    "pgtrigger: Cannot update or delete": gettext_lazy(
        "This is kept as it is: it cannot be changed or deleted."
    ),
    "pgtrigger: Cannot update": gettext_lazy("This is kept as it is: it cannot be changed."),
    "pgtrigger: Cannot delete": gettext_lazy("This is kept for good: it cannot be deleted."),
}
UNKNOWN = gettext_lazy("The database refused this. Nothing was changed.")


def get_guard(error: DatabaseError) -> str:
    return _diagnostic(error, "constraint_name")


def get_error_message(error: DatabaseError) -> str:
    """Guards written as triggers have their own message, constraints `violation_error_message`."""
    words = _diagnostic(error, "message_primary")
    for beginning, message in PGTRIGGER_MESSAGES.items():
        if words.startswith(beginning):
            return str(message)
    name = get_guard(error)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                own = constraint.violation_error_message
                if own and own != constraint.default_violation_error_message:
                    return str(own)
                return _("The rule “%(name)s” refuses this.") % {"name": name.replace("_", " ")}
    # Class 23 is refusals. PostgreSQL names the table of its own; a trigger's RAISE names none.
    if not _diagnostic(error, "sqlstate").startswith("23") or _diagnostic(error, "table_name"):
        return str(UNKNOWN)
    return words[:1].upper() + words[1:].rstrip(".") + "."


def _diagnostic(error: DatabaseError, part: str) -> str:
    return getattr(getattr(error.__cause__, "diag", None), part, None) or ""
