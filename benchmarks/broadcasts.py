"""One broadcast at a time, beside COPY of the very rows that it wrote."""

import itertools
import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from benchmarks import database
from benchmarks.load import Cost
from benchmarks.single_charges import messages
from ledger.engine import charging, posting
from tests import factories

TABLE = "ledger_internationalmessage"
_marks = itertools.count()


def get_rounds(size: int) -> dict[str, Callable[[], Cost]]:
    rows = BroadcastRows()
    return {
        "rated": lambda: rows.after(rated_already(size)),
        "copy": rows.copy,
        "with_rating": lambda: rows.after(charged(size)),
    }


def charged(size: int) -> Cost:
    mark = f"b{time.monotonic_ns()}-{next(_marks)}"
    texts = messages(size, mark)
    location = random.choice(database.location_ids())
    with Cost() as took:
        answer = charging.charge_broadcast(location, "text", texts, key=mark, at=factories.NOON)
    assert sum(message.outcome == "charged" for message in answer.messages) == size
    return took


def rated_already(size: int) -> Cost:
    took = Cost()

    def timed(parameters: dict[str, Any]) -> posting.PostedCharge:
        with took:
            return post(parameters)

    post, posting.charge = posting.charge, timed
    try:
        charged(size)
    finally:
        posting.charge = post
    return took


class BroadcastRows:
    def __init__(self) -> None:
        self.names = database.insert_columns(TABLE)
        self.entry_names = database.insert_columns("ledger_entry")
        self.columns = ", ".join(f'"{name}"' for name in self.names)
        self.messages: list[tuple[Any, ...]] = []
        self.entry: tuple[Any, ...] = ()

    def after(self, took: Cost) -> Cost:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {self.columns} FROM {TABLE} WHERE charge_id ="
                " (SELECT max(id) FROM ledger_charge) ORDER BY id"
            )
            self.messages = cursor.fetchall()
            cursor.execute(
                f"SELECT {', '.join(self.entry_names)} FROM ledger_entry ORDER BY id DESC LIMIT 1"
            )
            entry = dict(zip(self.entry_names, cursor.fetchone() or (), strict=True))
        # The floor of single charges has numbered its entries otherwise.
        self.entry = tuple((entry | {"number": -next(_marks)}).values())
        return took

    def copy(self) -> Cost:
        connection.ensure_connection()
        server = connection.connection
        entry = f"""INSERT INTO floor.ledger_entry ({", ".join(self.entry_names)})
                    VALUES ({", ".join(["%s"] * len(self.entry_names))})"""
        with Cost() as took, server.transaction(), server.cursor() as cursor:
            cursor.execute(entry, self.entry)
            with cursor.copy(f"COPY floor.{TABLE} ({self.columns}) FROM STDIN") as copy:
                for row in self.messages:
                    copy.write_row(row)
        return took
