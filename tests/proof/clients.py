"""Clients of the HTTP API that keep their own books, to be held against the ledger's."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.factories import DOMESTIC, FRANCE, GERMANY, MEXICO

PATIENCE_SECONDS = 90
NUMBERS = (MEXICO, FRANCE, GERMANY, DOMESTIC)


class NoAnswer(Exception):
    """Nobody answered a request, however often it was sent."""


@dataclass
class Books:
    """What the clients were told, by location: credits moved, and answers by kind."""

    moved: Counter[int] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    charged: dict[str, int] = field(default_factory=dict)
    retried: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def book(self, location_id: int, kind: str, credits: int) -> None:
        with self.lock:
            self.moved[location_id] += credits
            self.answers[kind] += 1


class Client:
    """One caller. `url` is asked for before each attempt: the server may have moved."""

    def __init__(self, url: Callable[[], str], secret: str, books: Books, mark: str) -> None:
        self.url, self.secret, self.books, self.mark = url, secret, books, mark
        self.draw = random.Random(mark)
        self.number = 0

    def name(self) -> str:
        self.number += 1
        return f"{self.mark}-{self.number}"

    def post(self, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        """Send it until somebody answers, always with the same key."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        last: object = None
        while time.monotonic() < deadline:
            place = urlsplit(self.url())
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=15)
            try:
                connection.request(
                    "POST",
                    f"/api/v1/{path}",
                    json.dumps(body),
                    {
                        "Authorization": f"Bearer {self.secret}",
                        "Content-Type": "application/json",
                        "Idempotency-Key": key,
                    },
                )
                answer = connection.getresponse()
                told = json.loads(answer.read())
                last = answer.status, told
                if answer.status < 500 and told.get("code") != "idempotency_key_in_use":
                    return answer.status, told
            except (OSError, http.client.HTTPException, json.JSONDecodeError) as silence:
                last = silence
            finally:
                connection.close()
            with self.books.lock:
                self.books.retried += 1
            time.sleep(0.1)
        raise NoAnswer(f"{path}, key {key}: {last!r}")

    def act(self, location_id: int) -> None:
        """One thing that a messaging platform does, and what it came to."""
        self.draw.choice(
            [self.broadcast, self.broadcast, self.chat, self.chat, self.buy, self.call]
        )(location_id)

    def broadcast(self, location_id: int) -> None:
        messages = [
            {"external_id": self.name(), "phone": self.draw.choice(NUMBERS)}
            for _ in range(self.draw.randrange(1, 6))
        ]
        key = self.name()
        status, told = self.post(
            f"locations/{location_id}/international-messages",
            {
                "channel": "text",
                "messages": messages,
                "on_insufficient": self.draw.choice(["refuse_all", "send_what_fits"]),
            },
            key,
        )
        assert status == 201, told
        self.books.charged[key] = told["charge_id"]
        self.books.book(location_id, told["outcome"], -told["credits"])

    def chat(self, location_id: int) -> None:
        messages = [
            {
                "external_id": self.name(),
                "inbox": "Front Desk",
                "direction": self.draw.choice(["inbound", "outbound"]),
                "phone": DOMESTIC,
                "content": "Hello",
            }
            for _ in range(self.draw.randrange(1, 4))
        ]
        key = self.name()
        status, told = self.post(
            f"locations/{location_id}/chat-messages", {"messages": messages}, key
        )
        assert status == 201, told
        self.books.charged[key] = told["charge_id"]
        self.books.book(location_id, told["outcome"], -told["credits"])

    def buy(self, location_id: int) -> None:
        credits = self.draw.randrange(1, 60)
        status, told = self.post(
            f"locations/{location_id}/purchases",
            {"credits": credits, "reference": "PO-1"},
            self.name(),
        )
        assert status == 201, told
        self.books.book(location_id, "bought", credits)

    def call(self, location_id: int) -> None:
        """Hold for a call, then settle or release it."""
        wanted = {"phone": MEXICO, "expected_seconds": 120}
        status, held = self.post(
            f"locations/{location_id}/holds",
            {"call": wanted, "seconds_to_live": 600, "over": "cap"},
            self.name(),
        )
        assert status == 201, held
        if held["outcome"] == "refused":
            return self.books.book(location_id, "hold refused", 0)
        hold = held["hold_id"]
        if self.draw.random() < 0.3:
            status, told = self.post(f"holds/{hold}/release", {}, self.name())
            assert (status, told.get("state")) == (200, "released"), told
            return self.books.book(location_id, "released", 0)
        seconds = self.draw.choice([0, 30, 61, 300])
        message = {"external_id": self.name(), "phone": MEXICO, "seconds": seconds}
        key = self.name()
        status, told = self.post(
            f"holds/{hold}/settle", {"channel": "voice", "messages": [message]}, key
        )
        assert status == 201, told
        self.books.charged[key] = told["charge_id"]
        return self.books.book(location_id, "settled", -told["credits"])
