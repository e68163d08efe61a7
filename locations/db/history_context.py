from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql.base import Cursor

CONTEXT_PREFIX = "SELECT set_config('pghistory."


def bind_in_client(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Send a write with an audit context through a client-side binding cursor.

    pghistory puts a second command in front of the statement, which the server cannot bind.
    """
    if sql.startswith(CONTEXT_PREFIX):
        wrapper = context["cursor"]
        wrapper.cursor = Cursor(wrapper.connection)  # type: ignore[call-arg]
    return execute(sql, params, many, context)
