"""Actions at the staff desk, and the entries of the audit log that they leave."""

from typing import Any

from django.test import Client
from django.urls import reverse

from locations.audit import log
from locations.audit.log import AuditEntry, AuditFilters

PASSWORD = "correct horse battery"


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def post(desk: Client, where: str, /, *args: Any, query: str = "", **content: Any) -> None:
    answer = desk.post(page(where, *args) + query, content)
    fault = answer.context and answer.context.get("adminform")
    assert answer.status_code == 302, fault and fault.form.errors


def entries(**filters: Any) -> list[AuditEntry]:
    """Newest first."""
    return log.read_entries(AuditFilters(**filters))[0]


def summaries(**filters: Any) -> list[tuple[Any, ...]]:
    """Who, how, what and which values, the oldest first."""
    return [
        (str(line.by), line.kind, line.label, line.model.__name__, line.name, line.changes)
        for line in reversed(entries(**filters))
    ]


def newest() -> tuple[Any, ...]:
    return summaries()[-1]


NO_INLINES = {
    f"{prefix}-{count}_FORMS": "0"
    for prefix in ("contracts", "chat_inboxes", "locations", "memberships")
    for count in ("TOTAL", "INITIAL")
}
