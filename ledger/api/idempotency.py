from typing import Annotated
from weakref import WeakSet

from django.db import connection
from ninja import Header
from psycopg import Connection

# Every change of a location's credits waits for its balance row. After this time the client is
# asked to retry: the same request may still be running.
LOCK_TIMEOUT_MILLISECONDS = 5_000
_connections_with_timeout: WeakSet[Connection] = WeakSet()

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


def set_lock_timeout() -> None:
    connection.ensure_connection()
    if connection.connection not in _connections_with_timeout:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false)", [str(LOCK_TIMEOUT_MILLISECONDS)]
            )
        _connections_with_timeout.add(connection.connection)
