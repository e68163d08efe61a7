"""Time Credit Usage and its detail pages in the large ledger: `python -m benchmarks.pages`."""

import argparse
import random
import re
from collections.abc import Callable, Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import large_ledger
from benchmarks.page_timing import print_timings, random_location, time_page
from ledger.models import Charge, ChargeKind
from locations.models import User
from redflag_credits.gc_freeze import freeze_loaded_objects
from tests import factories

LEDGER_TABLE = re.compile(r'FROM "?ledger_')


def _usage(query: str) -> Callable[[], str]:
    return lambda: reverse("credit-usage", args=[random_location()]) + query


def _random_charge(kind: str) -> Charge:
    charges = Charge.objects.filter(location_id=random_location(), kind=kind)
    return charges.order_by("-day")[random.randrange(500)]


def _random_day_url() -> str:
    charge = _random_charge(ChargeKind.TEXT)
    return reverse("usage-day", args=[charge.location_id, charge.day])


def _random_charge_url() -> str:
    charge = _random_charge(ChargeKind.VOICE)
    return reverse("usage-charge", args=[charge.location_id, charge.pk])


PAGES: dict[str, Callable[[], str]] = {
    "Credit Usage, 30 days": _usage(""),
    "Credit Usage, this term of 690 days": _usage("?range=this-term"),
    "Credit Usage, 90 days, every day": _usage("?range=90-days&quiet=1"),
    "A day and its charges": _random_day_url,
    "A charge and its messages": _random_charge_url,
}


def explain_page(client: Client, url: str) -> Iterator[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200, url
    for query in queries:
        sql = " ".join(query["sql"].split())
        if not sql.startswith("SELECT") or not LEDGER_TABLE.search(sql):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) {sql}")
            plan = [row for (row,) in cursor.fetchall()]
        yield "\n".join([f"{sql[:90]} ...", *(f"    {row}" for row in plan)])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--again", action="store_true", help="visit the ledger made last time")
    parser.add_argument("--plans", action="store_true", help="how PostgreSQL answers each page")
    args = parser.parse_args()
    large_ledger.prepare(reuse=args.again)
    client = Client()
    user = User.objects.filter(is_superuser=True).first()
    client.force_login(user or factories.make_user(is_staff=True, is_superuser=True))
    if args.plans:
        for page, get_url in PAGES.items():
            print(page, *explain_page(client, get_url()), sep="\n\n", end="\n\n")
        return
    freeze_loaded_objects()
    print_timings(time_page(client, page, get_url) for page, get_url in PAGES.items())


if __name__ == "__main__":
    main()
