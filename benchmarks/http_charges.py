"""Charges over HTTP to a running web server, compared with the call in the process."""

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

from benchmarks import DATABASE_NAME, database
from benchmarks.broadcasts import charged
from benchmarks.load import Connected, Variant
from ledger.api import tokens
from ledger.models import Scope
from redflag_credits.devserver import servers
from tests.product import LiveProduct

BROADCAST_LOCATIONS = 10
WARM_UPS = 4  # enough for every server process to have cached each location
_counter = itertools.count()


@dataclass(frozen=True)
class BenchDatabase:
    @property
    def environment(self) -> dict[str, str]:
        url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{DATABASE_NAME}").geturl()
        return {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}


@dataclass(frozen=True)
class ApiClient:
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
        response = connection.getresponse()
        content = json.loads(response.read())
        assert response.status == 201 and content["outcome"] == "charged", content
        return content


@contextlib.contextmanager
def running_server() -> Iterator[ApiClient]:
    if settings.LOCAL_REDIS:
        servers.use(settings.DATA_DIR, with_postgres=False)  # /healthz asks for the broker
    logs = settings.DATA_DIR / "log"
    logs.mkdir(exist_ok=True)
    secret = tokens.create("Bench", at=timezone.now(), scopes=[Scope.CHARGE]).secret
    product = LiveProduct(database=BenchDatabase(), logs=logs, workers=2)  # type: ignore[arg-type]
    try:
        product.start_web()
        yield ApiClient(urlsplit(product.url).netloc, secret)
    finally:
        product.stop()


def make_body(size: int, mark: str) -> bytes:
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


def single_charges(api: ApiClient, locations: Sequence[int]) -> Variant:
    def connect(mark: str) -> Connected:
        connection = api.connect()
        numbers = itertools.count()

        def charge() -> None:
            key = f"{mark}-{next(numbers)}"
            api.charge(connection, random.choice(locations), key, make_body(1, key))

        return charge, os.getpid()  # the server's processes serve all clients

    return connect


def get_rounds(api: ApiClient, size: int) -> dict[str, Callable[[], float]]:
    connection = api.connect()
    locations = database.location_ids()[:BROADCAST_LOCATIONS]

    def over_http(location: int) -> float:
        mark = f"h{time.monotonic_ns()}-{next(_counter)}"
        body = make_body(size, mark)
        begun = time.perf_counter()
        content = api.charge(connection, location, mark, body)
        duration = time.perf_counter() - begun
        assert len(content["messages"]) == size
        return duration

    for location in locations * WARM_UPS:
        over_http(location)
    return {
        "http": lambda: over_http(random.choice(locations)),
        "call": lambda: charged(size).wall,
    }
