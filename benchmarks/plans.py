"""How PostgreSQL answers what a page asks: the plan of each statement that reads the ledger."""

import re
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

LEDGER = re.compile(r'FROM "?ledger_')


def plans_of(client: Client, address: str) -> Iterator[str]:
    """One text for each statement, with how it begins; times are the server's own.

    The statements are those of the page with their values in place; what the server keeps prepared
    it plans without them, after five times.
    """
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    for query in queries:
        sql = " ".join(query["sql"].split())
        if not sql.startswith("SELECT") or not LEDGER.search(sql):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) {sql}")
            lines = [line for (line,) in cursor.fetchall()]
        yield "\n".join([f"{sql[:90]} ...", *(f"    {line}" for line in lines)])
