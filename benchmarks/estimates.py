"""How long an estimate takes: `python -m benchmarks.estimates`.

10,000 pasted numbers on the page, and 100,000 in a file as the worker prices them; every number is
one that the process has not seen.
"""

import itertools
import random
import statistics
import time
from collections.abc import Iterator
from io import BytesIO

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import place
from locations.jobs import Lease
from locations.models import Channel, Location
from reports.estimates import jobs
from reports.models import ReportState
from tests import factories
from tests.reports.estimates.upload_files import packed, rows_of

ON_SCREEN, IN_WORKER = 10_000, 100_000
ROUNDS = 5
STARTS = ("+52222", "+3361", "+33123", "+4915", "+447400")
_serial = itertools.count(random.randrange(1_000_000))


def fresh(count: int) -> Iterator[str]:
    for number in itertools.islice(_serial, count):
        yield f"{STARTS[number % len(STARTS)]}{number % 10_000_000:07}"


def on_screen(client: Client, location: Location) -> None:
    """The whole request, with the page that it is answered with."""
    address = reverse("estimate", args=[location.pk])
    took = []
    for _ in range(ROUNDS):
        numbers = "\n".join(fresh(ON_SCREEN))
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            answer = client.post(address, {"numbers": numbers, "channel": "text"})
            took.append(time.perf_counter() - begun)
        assert answer.status_code == 200
    print(f"| {ON_SCREEN:,} pasted, on screen | {_said(took)} | {len(queries)} queries |")


def in_worker(client: Client, location: Location, *, name: str, content: bytes) -> None:
    """From the task's beginning to its end, and how often the row said how far it is."""
    user = factories.make_user(is_staff=True)
    renewals = []
    renew = Lease.renew
    Lease.renew = lambda self, *given: renewals.append(1) or renew(self, *given)  # type: ignore
    asked = jobs.ask(
        location,
        content=BytesIO(content),
        is_file=True,
        channel=Channel.TEXT,
        asked_by=user,
        at=timezone.now(),
    )
    begun = time.perf_counter()
    done = jobs.work_out(str(asked.pk), clock=timezone.now)
    took = time.perf_counter() - begun
    Lease.renew = renew  # type: ignore[method-assign]
    assert done is not None
    assert done.state == ReportState.READY, done.failure
    print(
        f"| {IN_WORKER:,} in {name}, by the worker | {took:.1f} s | {len(renewals)} steps shown |"
    )


def _said(took: list[float]) -> str:
    return f"{statistics.median(took):.2f} s, slowest {max(took):.2f} s"


def main() -> None:
    place.start()
    place.build()
    client = Client()
    client.force_login(factories.make_user(is_staff=True))
    location = Location.objects.all()[0]
    client.get(reverse("estimate", args=[location.pk]))
    on_screen(client, location)
    lines = ["Phone", *fresh(IN_WORKER)]
    content = "".join(f"{line};Somebody\r\n" for line in lines).encode()
    in_worker(client, location, name="CSV", content=content)
    workbook = packed(rows_of(["Phone", *fresh(IN_WORKER)]))
    in_worker(client, location, name="XLSX", content=workbook)


if __name__ == "__main__":
    main()
