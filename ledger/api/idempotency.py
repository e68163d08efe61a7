"""Keys that make a request happen once, and the wait for the one before it."""

from typing import Annotated
from weakref import WeakSet

from django.db import connection
from ninja import Header
from psycopg import Connection

# Everything that changes a location's credits waits for its balance row. Who has not got it by
# then is told to come again: the same request may still be at work.
WAIT_MILLISECONDS = 5_000
_limited: WeakSet[Connection] = WeakSet()

Key = Annotated[
    str,
    Header(
        ...,
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]([ -~]*[!-~])?$",
        description="Of your own choice, once for each request at a location. The same key with "
        "the same content gets the first answer again, refusals included; keys never expire.",
    ),
]


def wait_no_longer() -> None:
    """Have this connection give up a lock it cannot get; told to each connection once."""
    connection.ensure_connection()
    if connection.connection not in _limited:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [str(WAIT_MILLISECONDS)])
        _limited.add(connection.connection)
