"""How long the page of an account with 1,000 locations takes: `python -m benchmarks.accounts`.

The ledger is that of `benchmarks.pages` without its messages, in which this page does not look:
3 million entries over 690 days. Half of the locations have little left, so that they run out.
`--again` visits the ledger that was made last time.
"""

import argparse
import datetime as dt
import statistics
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import big, place
from benchmarks.racing import server_seconds
from locations.contracts.terms import clear_terms_cache
from locations.models import Account, User
from redflag_credits.gc_freeze import freeze_loaded_objects
from reports.forecast.daily_rates import keep_up
from reports.models import LocationPace
from tests import factories

VISITS = 40
ORDERS = ("", "sort=-name", "sort=available", "sort=-used", "sort=runs_out", "sort=renews")
OTHERS = ("sort=state", "state=low", "q=Location+9", "sort=runs_out&page=20")
# What is left of half of them lasts for a few days up to some hundred.
SPENT = """
    SET session_replication_role = replica;
    UPDATE ledger_balance SET contract_credits = 20 * (location_id % 400)
     WHERE location_id % 2 = 0;
    SET session_replication_role = origin;
    """


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accounts", description=__doc__)
    parser.add_argument("--again", action="store_true", help="visit the ledger made last time")
    place.start()
    if parser.parse_args().again:
        place.take_again()
    else:
        place.build(starts_on=big.STARTS_ON, term_months=24)
        big.fill(with_messages=False)
        big.as_superuser(SPENT)
    client = Client()
    known = User.objects.filter(is_staff=True).first()
    client.force_login(known or factories.make_user(is_staff=True))
    account = Account.objects.get()
    address = reverse("account-usage", args=[account.pk])
    LocationPace.objects.update(day=timezone.now().date() - dt.timedelta(days=1))
    begun = time.perf_counter()
    made = keep_up(at=timezone.now())
    print(f"Made the paces of {made:,} locations in {time.perf_counter() - begun:.1f} s.")
    freeze_loaded_objects()
    print("| page | median | 90 % | Python | PostgreSQL | queries | size |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for query in (*ORDERS, *OTHERS):
        print(visited(client, query or "by name", f"{address}?{query}"))
    print(
        visited(client, "sort=runs_out, first of a process", f"{address}?sort=runs_out", cold=True)
    )
    for file in ("account-csv", "account-xlsx"):
        print(visited(client, file, f"{reverse(file, args=[account.pk])}?sort=runs_out"))
    LocationPace.objects.update(day=timezone.now().date() - dt.timedelta(days=1))
    begun = time.perf_counter()
    client.get(f"{address}?sort=runs_out")
    print(f"After midnight, before the schedule: {time.perf_counter() - begun:.1f} s, once.")
    connection.close()


def visited(client: Client, page: str, address: str, *, cold: bool = False) -> str:
    """A row of the table: the clock, CPU of this process and of the server's; `cold` forgets
    what a process keeps of terms and forecasts before each visit."""
    walls, ours, theirs = [], [], []
    for number in range(VISITS + 5):
        if cold:
            clear_terms_cache()
        connection.ensure_connection()
        server = connection.connection.info.backend_pid
        wall, cpu, busy = time.perf_counter(), time.process_time(), server_seconds(server)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if number >= 5:
            walls.append((time.perf_counter() - wall) * 1000)
            ours.append((time.process_time() - cpu) * 1000)
            theirs.append((server_seconds(server) - busy) * 1000)
    with CaptureQueriesContext(connection) as queries:
        size = len(client.get(address).getvalue()) / 1024
    slow = statistics.quantiles(walls, n=10)[-1]
    wall, cpu, busy = statistics.median(walls), statistics.median(ours), statistics.mean(theirs)
    return (
        f"| {page} | {wall:.0f} ms | {slow:.0f} ms | {cpu:.0f} ms | {busy:.0f} ms |"
        f" {len(queries)} | {size:.0f} KB |"
    )


if __name__ == "__main__":
    main()
