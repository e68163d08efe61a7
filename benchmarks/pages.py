"""Credit Usage and what it leads to, in a ledger of ten million messages: server time, queries."""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import big, place
from benchmarks.plans import plans_of
from ledger.models import Charge, ChargeKind
from locations.models import User
from redflag_credits.gc_freeze import freeze_loaded_objects
from tests import factories

VISITS = 40


@dataclass(frozen=True)
class Visited:
    """A page's server time in milliseconds, median and slowest tenth, its queries and size."""

    page: str
    median: float
    ninetieth: float
    queries: int
    kilobytes: float

    def __str__(self) -> str:
        return (
            f"| {self.page} | {self.median:.0f} ms | {self.ninetieth:.0f} ms |"
            f" {self.queries} | {self.kilobytes:.0f} KB |"
        )


def visit(client: Client) -> Iterator[Visited]:
    """Each page for locations at random; the first visits of a process are left out."""
    freeze_loaded_objects()
    for page, address in PAGES.items():
        yield visited(client, page, address)


def signed_in() -> Client:
    client = Client()
    known = User.objects.filter(is_superuser=True).first()
    client.force_login(known or factories.make_user(is_staff=True, is_superuser=True))
    return client


def _anyone() -> int:
    return random.choice(place.locations())


def _usage(query: str) -> Callable[[], str]:
    return lambda: reverse("credit-usage", args=[_anyone()]) + query


def _any_charge_of(kind: str) -> Charge:
    charges = Charge.objects.filter(location_id=_anyone(), kind=kind)
    return charges.order_by("-day")[random.randrange(500)]


def _any_day() -> str:
    charge = _any_charge_of(ChargeKind.TEXT)
    return reverse("usage-day", args=[charge.location_id, charge.day])


def _any_charge() -> str:
    charge = _any_charge_of(ChargeKind.VOICE)
    return reverse("usage-charge", args=[charge.location_id, charge.pk])


PAGES: dict[str, Callable[[], str]] = {
    "Credit Usage, 30 days": _usage(""),
    "Credit Usage, this term of 690 days": _usage("?range=this-term"),
    "Credit Usage, 90 days, every day": _usage("?range=90-days&quiet=1"),
    "A day and its charges": _any_day,
    "A charge and its messages": _any_charge,
}


def visited(client: Client, page: str, address: Callable[[], str]) -> Visited:
    """The page at addresses that may differ each time."""
    took = []
    for number in range(VISITS + 5):
        where = address()
        begun = time.perf_counter()
        answer = client.get(where)
        seconds = time.perf_counter() - begun
        assert answer.status_code == 200, where
        if number >= 5:
            took.append(seconds * 1000)
    with CaptureQueriesContext(connection) as queries:
        size = len(client.get(address()).getvalue())
    return Visited(
        page,
        statistics.median(took),
        statistics.quantiles(took, n=10)[-1],
        len(queries),
        size / 1024,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--again", action="store_true", help="visit the ledger made last time")
    parser.add_argument("--plans", action="store_true", help="how PostgreSQL answers each page")
    place.start()
    asked = parser.parse_args()
    if asked.again:
        place.take_again()
    else:
        place.build(starts_on=big.STARTS_ON, term_months=24)
        big.fill()
    client = signed_in()
    if asked.plans:
        for page, address in PAGES.items():
            print(page, *plans_of(client, address()), sep="\n\n", end="\n\n")
        return
    print("| page | median | 90 % | queries | size |\n| --- | --- | --- | --- | --- |")
    for one in visit(client):
        print(one)


if __name__ == "__main__":
    main()
