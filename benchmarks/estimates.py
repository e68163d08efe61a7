"""Time pasted and uploaded lists of numbers: `python -m benchmarks.estimates`."""

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

from benchmarks import database
from locations.jobs import Lease
from locations.models import Channel, Location
from locations.models.jobs import JobState
from reports.estimates import jobs
from tests import factories
from tests.reports.estimates.upload_files import packed, rows_of

ON_SCREEN, IN_WORKER = 10_000, 100_000
ROUNDS = 5
PREFIXES = ("+52222", "+3361", "+33123", "+4915", "+447400")
_serial = itertools.count(random.randrange(1_000_000))


def new_numbers(count: int) -> Iterator[str]:
    for number in itertools.islice(_serial, count):
        yield f"{PREFIXES[number % len(PREFIXES)]}{number % 10_000_000:07}"


def on_screen(client: Client, location: Location) -> None:
    url = reverse("estimate", args=[location.pk])
    durations = []
    for _ in range(ROUNDS):
        numbers = "\n".join(new_numbers(ON_SCREEN))
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            response = client.post(url, {"numbers": numbers, "channel": "text"})
            durations.append(time.perf_counter() - begun)
        assert response.status_code == 200
    print(f"| {ON_SCREEN:,} pasted, on screen | {_summarize(durations)} | {len(queries)} queries |")


def in_worker(client: Client, location: Location, *, name: str, content: bytes) -> None:
    user = factories.make_user(is_staff=True)
    renewals = []
    renew = Lease.renew
    Lease.renew = lambda self, *args: renewals.append(1) or renew(self, *args)  # type: ignore
    request = jobs.request_long_estimate(
        location,
        content=BytesIO(content),
        is_file=True,
        channel=Channel.TEXT,
        requested_by=user,
        at=timezone.now(),
    )
    begun = time.perf_counter()
    done = jobs.run_long_estimate(str(request.pk), clock=timezone.now)
    took = time.perf_counter() - begun
    Lease.renew = renew  # type: ignore[method-assign]
    assert done is not None
    assert done.state == JobState.READY, done.failure
    print(
        f"| {IN_WORKER:,} in {name}, by the worker | {took:.1f} s | {len(renewals)} steps shown |"
    )


def _summarize(durations: list[float]) -> str:
    return f"{statistics.median(durations):.2f} s, slowest {max(durations):.2f} s"


def main() -> None:
    database.start_server()
    database.create()
    client = Client()
    client.force_login(factories.make_user(is_staff=True))
    location = Location.objects.all()[0]
    client.get(reverse("estimate", args=[location.pk]))
    on_screen(client, location)
    rows = ["Phone", *new_numbers(IN_WORKER)]
    content = "".join(f"{row};Somebody\r\n" for row in rows).encode()
    in_worker(client, location, name="CSV", content=content)
    workbook = packed(rows_of(["Phone", *new_numbers(IN_WORKER)]))
    in_worker(client, location, name="XLSX", content=workbook)


if __name__ == "__main__":
    main()
