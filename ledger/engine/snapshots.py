import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction
from psycopg import IsolationLevel

from ledger.engine.renewals import is_renewal_due, renew
from ledger.models import Balance

MAX_RENEWALS = 10


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


def renewed_snapshot(location_id: int, *, at: dt.datetime) -> AbstractContextManager[None]:
    """A snapshot in which no renewal of the location is due. Raises UnknownLocation."""
    renewed = Balance.objects.filter(location=location_id).exclude(is_renewal_due(at))
    return snapshot_without_due(lambda: [] if renewed.all().exists() else [location_id], at=at)


@contextmanager
def snapshot_without_due(find_due: Callable[[], list[int]], *, at: dt.datetime) -> Iterator[None]:
    """A snapshot in which `find_due` returns no location; those it returns are renewed first."""
    for _ in range(MAX_RENEWALS):
        with read_snapshot():
            # Checked inside: the terms may change after a renewal and before the snapshot.
            due = find_due()
            if not due:
                yield
                return
        for location_id in due:
            renew(location_id, at=at)
    raise RuntimeError(f"The terms of {len(due)} locations kept changing.")
