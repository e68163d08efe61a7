"""How long the page of an account with 1,000 locations takes: `python -m benchmarks.accounts`.

The ledger is that of `benchmarks.pages` without its messages, in which this page does not look:
3 million entries over 690 days. Half of the locations have little left, so that they run out.
"""

import datetime as dt
import gc
import time

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import big, place
from benchmarks.pages import visited
from locations.models import Account
from reports.models import LocationPace
from reports.paces import keep_up
from tests import factories

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
    place.start()
    place.build(starts_on=big.STARTS_ON, term_months=24)
    big.fill(with_messages=False)
    big.as_superuser(SPENT)
    client = Client()
    client.force_login(factories.make_user(is_staff=True))
    address = reverse("account-usage", args=[Account.objects.get().pk])
    begun = time.perf_counter()
    made = keep_up(at=timezone.now())
    print(f"Made the paces of {made:,} locations in {time.perf_counter() - begun:.1f} s.")
    gc.freeze()  # as redflag_credits.wsgi does
    print("| page | median | 90 % | queries | size |\n| --- | --- | --- | --- | --- |")
    for query in (*ORDERS, *OTHERS):
        print(visited(client, query or "by name", lambda: address, f"?{query}"))
    for file in ("account-csv", "account-xlsx"):
        where = reverse(file, args=[Account.objects.get().pk])
        print(visited(client, file, lambda where=where: where, "?sort=runs_out"))
    LocationPace.objects.update(day=timezone.now().date() - dt.timedelta(days=1))
    begun = time.perf_counter()
    client.get(f"{address}?sort=runs_out")
    print(f"After midnight, before the schedule: {time.perf_counter() - begun:.1f} s, once.")
    connection.close()


if __name__ == "__main__":
    main()
