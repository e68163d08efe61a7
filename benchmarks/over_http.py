"""The same charges as requests to a running web server, beside the call within a process."""

import contextlib
import http.client
import itertools
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from benchmarks import NAME, place
from benchmarks.broadcasts import charged
from benchmarks.racing import Cost, Opened, Variant
from ledger.api import tokens
from ledger.models import Scope
from redflag_credits.devserver import servers
from tests.product import LiveProduct

FEW = 10  # locations of broadcasts
WARM_UPS = 4  # enough for each of the server's processes to have met each of them
_marks = itertools.count()


@dataclass(frozen=True)
class BenchDatabase:
    """Leads a web server to the database of the benchmarks."""

    @property
    def environment(self) -> dict[str, str]:
        url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{NAME}").geturl()
        return {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}


@dataclass(frozen=True)
class Api:
    """A web server as `make run` starts it, and a token that may charge."""

    host: str
    secret: str

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, timeout=60)

    def charge(
        self, connection: http.client.HTTPConnection, location: int, key: str, body: bytes
    ) -> dict[str, Any]:
        connection.request(
            "POST",
            f"/api/v1/locations/{location}/international-messages",
            body,
            {
                "Authorization": f"Bearer {self.secret}",
                "Idempotency-Key": key,
                "Content-Type": "application/json",
            },
        )
        answer = connection.getresponse()
        content = json.loads(answer.read())
        assert answer.status == 201 and content["outcome"] == "charged", content
        return content


@contextlib.contextmanager
def running() -> Iterator[Api]:
    if settings.LOCAL_REDIS:
        servers.use(settings.DATA_DIR, with_postgres=False)  # /healthz asks for the broker
    logs = settings.DATA_DIR / "log"
    logs.mkdir(exist_ok=True)
    secret = tokens.create("Bench", at=timezone.now(), scopes=[Scope.CHARGE]).secret
    product = LiveProduct(database=BenchDatabase(), logs=logs, workers=2)  # type: ignore[arg-type]
    try:
        product.start_web()
        yield Api(urlsplit(product.url).netloc, secret)
    finally:
        product.stop()


def body_of(size: int, mark: str) -> bytes:
    """A broadcast to numbers that no one has been written to before."""
    numbers = random.sample(range(10**7), size)
    messages = [
        {
            "external_id": f"{mark}-{n}",
            "phone": f"+3361{number:07}",
            "profile": {"first_name": "María", "last_name": "Söderström", "room": str(n)},
        }
        for n, number in enumerate(numbers)
    ]
    return json.dumps({"channel": "text", "messages": messages}).encode()


def singles(api: Api, among: Sequence[int]) -> Variant:
    def opened(mark: str) -> Opened:
        connection = api.connect()
        numbers = itertools.count()

        def charge() -> None:
            key = f"{mark}-{next(numbers)}"
            api.charge(connection, random.choice(among), key, body_of(1, key))

        return charge, os.getpid()  # the server's processes serve all clients

    return opened


def rounds_of(api: Api, size: int) -> dict[str, Callable[[], float]]:
    """Seconds of one broadcast over HTTP, and within a process.

    Both have met the locations before: what a process keeps of them is read once in its life.
    """
    connection = api.connect()
    among = place.locations()[:FEW]

    def over_http(location: int) -> float:
        mark = f"h{time.monotonic_ns()}-{next(_marks)}"
        body = body_of(size, mark)
        begun = time.perf_counter()
        answer = api.charge(connection, location, mark, body)
        took = time.perf_counter() - begun
        assert len(answer["messages"]) == size
        return took

    def in_process() -> float:
        cost: Cost = charged(size)
        return cost.wall

    for location in among * WARM_UPS:
        over_http(location)
    return {"http": lambda: over_http(random.choice(among)), "call": in_process}
