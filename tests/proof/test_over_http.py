"""Money over HTTP: many clients, the same key at once, servers that are killed.

Bounded here; `make prove` runs the same at full length (PROVE=1).
"""

import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from ledger.api import tokens
from ledger.models import Balance, Charge, Entry, EntryKind, Scope
from ledger.verification.verify import verify
from locations.models import Location
from tests.factories import MEXICO, make_card, make_location
from tests.product import LiveProduct
from tests.proof.clients import Books, Client
from tests.proof.telling import tell
from tests.proving import FULL_LENGTH, short_or_full

CLIENTS, SECONDS = (64, 30) if FULL_LENGTH else (16, 4)
ROUNDS = short_or_full(25, 500)
KILLS = short_or_full(1, 20)
# granian takes a worker that dies again within 5.5 s of its start for a crash loop, and ends.
BETWEEN_KILLS_SECONDS = 6.5

pytestmark = [pytest.mark.processes, pytest.mark.proof]


@pytest.fixture(scope="module")
def secret(live_product: LiveProduct) -> str:
    make_card()
    return tokens.create("Proof", at=timezone.now(), scopes=tuple(Scope.values)).secret


def three_locations() -> list[Location]:
    start = timezone.now().date().replace(month=1, day=1)
    return [make_location(included=2_000, starts_on=start, overdraft_limit=50) for _ in range(3)]


def run_clients(
    product: LiveProduct, secret: str, locations: list[Location], *, mark: str, until: float
) -> Books:
    books = Books()

    def work(number: int) -> None:
        client = Client(lambda: product.url, secret, books, f"{mark}{number}")
        while time.monotonic() < until:
            client.act(locations[number % len(locations)].pk)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
    return books


def hold_against(books: Books, locations: list[Location]) -> None:
    """The ledger is what the clients were told: to the credit, and each key once."""
    connections.close_all()
    for location in locations:
        granted = Entry.objects.get(location=location, kind=EntryKind.CONTRACT_GRANT).credits
        balance = Balance.objects.get(location=location)
        assert balance.total == granted + books.moved[location.pk]
    kept = Charge.objects.filter(location__in=locations).values_list("key", "pk")
    assert dict(kept) == books.charged
    assert verify() == []


def test_many_clients_and_the_ledger_agree_to_the_credit(
    live_product: LiveProduct, secret: str
) -> None:
    locations = three_locations()
    started = time.monotonic()
    books = run_clients(live_product, secret, locations, mark="m", until=started + SECONDS)
    hold_against(books, locations)
    tell(f"{CLIENTS} clients, {time.monotonic() - started:.0f} s: {dict(books.answers)}")


def test_the_same_key_from_sixteen_clients_at_once_charges_once(
    live_product: LiveProduct, secret: str
) -> None:
    location = three_locations()[0]
    books = Books()
    clients = [Client(lambda: live_product.url, secret, books, f"k{n}") for n in range(16)]
    gate = threading.Barrier(len(clients))

    def send(client: Client, number: int) -> tuple[int, int]:
        gate.wait()
        message = {"external_id": f"same-{number}", "phone": MEXICO}
        status, told = client.post(
            f"locations/{location.pk}/international-messages",
            {"channel": "text", "messages": [message]},
            f"same-{number}",
        )
        return status, told["charge_id"]

    with ThreadPoolExecutor(len(clients)) as pool:
        for number in range(ROUNDS):
            answers = Counter(pool.map(send, clients, [number] * len(clients)))
            assert len(answers) == 1, answers
    connections.close_all()
    assert Charge.objects.filter(location=location).count() == ROUNDS
    assert verify() == []
    tell(f"{ROUNDS} keys, 16 clients each: {ROUNDS} charges")


def children_of(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the web workers through /proc")
def test_web_workers_killed_under_load_lose_and_double_nothing(
    live_product: LiveProduct, secret: str
) -> None:
    locations = three_locations()
    web = live_product.processes[0]
    killed = 0
    done = threading.Event()

    def kill_now_and_then() -> None:
        nonlocal killed
        while killed < KILLS:
            time.sleep(BETWEEN_KILLS_SECONDS)
            for worker in children_of(web.pid):
                try:
                    os.kill(worker, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                killed += 1
        done.set()

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    books = Books()
    while not done.is_set():
        more = run_clients(
            live_product,
            secret,
            locations,
            mark=f"w{len(books.charged)}-",
            until=time.monotonic() + 3,
        )
        books.moved.update(more.moved)
        books.answers.update(more.answers)
        books.charged |= more.charged
        books.retried += more.retried
    killer.join()
    hold_against(books, locations)
    assert books.retried > 0
    tell(f"{killed} workers killed, {books.retried} retries: {dict(books.answers)}")
