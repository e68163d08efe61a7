"""Counting queries."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(act: Callable[[], object]) -> int:
    """Those that Django sends; see `count_statements`."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def count_statements(act: Callable[[], object]) -> int:
    """With those of cursors of the driver, which Django does not see."""
    statements = []
    execute = psycopg.Cursor.execute

    def counted(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
        statements.append(query)
        return execute(cursor, query, *args, **options)

    with mock.patch.object(psycopg.Cursor, "execute", counted):
        act()
    return len(statements)
