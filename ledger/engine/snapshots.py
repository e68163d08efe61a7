from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg import IsolationLevel


@contextmanager
def read_snapshot() -> Iterator[None]:
    """Read in one repeatable-read, read-only transaction; does nothing inside a transaction."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    session = connection.connection
    defaults = session.isolation_level, session.read_only
    # Set on the driver, these go into its BEGIN; SET TRANSACTION would be one more statement.
    session.isolation_level, session.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not session.closed:
            session.isolation_level, session.read_only = defaults
