"""Reading one instant of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg import IsolationLevel


@contextmanager
def read_snapshot() -> Iterator[None]:
    """Everything read inside belongs to one instant, so that figures on a page agree.

    Without it a charge between two queries makes the balance differ from the table's last
    line. Inside a transaction that has begun already (a test's) it changes nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    session = connection.connection
    usual = session.isolation_level, session.read_only
    # The driver says so in its BEGIN: no statement of its own, as SET TRANSACTION would be.
    session.isolation_level, session.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not session.closed:
            session.isolation_level, session.read_only = usual
