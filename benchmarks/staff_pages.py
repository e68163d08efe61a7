"""The staff desk in a ledger of ten million messages: server time and queries of its pages."""

import random
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from benchmarks import NAME, big, place
from benchmarks.pages import Visited, visited
from ledger.models import Balance, Charge, ChatMessage, Entry, InternationalMessage
from tests import factories

LISTS = {
    "Locations": "locations_location",
    "Contracts": "locations_contract",
    "Users": "locations_user",
    "Balances": "ledger_balance",
    "Entries": "ledger_entry",
    "Charges": "ledger_charge",
    "Holds": "ledger_hold",
    "International messages": "ledger_internationalmessage",
    "Chat messages": "ledger_chatmessage",
    "Verifications": "ledger_verification",
    "Who did what": "locations_change",
    "Reports": "reports_report",
}
OF_ONE = ("Entries", "Charges", "Chat messages")


def visit() -> Iterator[Visited]:
    """The desk's pages, signed in as somebody who may do everything."""
    client = Client()
    address_of = f"desk-{random.randrange(10**9)}@example.org"  # the database may have been used
    client.force_login(factories.make_user(address_of, is_staff=True, is_superuser=True))
    yield visited(client, "Front page", lambda: reverse("admin:index"))
    yield visited(client, "Ledger health", lambda: reverse("admin:ledger_health"))
    for name, page in LISTS.items():
        address = reverse(f"admin:{page}_changelist")
        yield visited(client, name, lambda address=address: address)  # type: ignore[misc]
    for name in OF_ONE:
        address = reverse(f"admin:{LISTS[name]}_changelist")
        yield visited(
            client,
            f"{name} of one location",
            lambda address=address: f"{address}?location__id__exact={_anyone()}",  # type: ignore[misc]
        )
    yield visited(client, "Entries by reference", _by_reference)
    yield visited(client, "A location", lambda: _page("locations_location", _anyone()))
    for name, model in (
        ("A balance", Balance),
        ("An entry", Entry),
        ("A charge", Charge),
        ("An international message", InternationalMessage),
        ("A chat message", ChatMessage),
    ):
        pks = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:500])
        yield visited(client, name, lambda m=model, p=pks: _page(_name(m), random.choice(p)))  # type: ignore[misc]


def _anyone() -> int:
    return random.choice(place.locations())


def _by_reference() -> str:
    return reverse("admin:ledger_entry_changelist") + "?q=PO-1"


def _name(model: type) -> str:
    return str(model._meta.label_lower).replace(".", "_")  # type: ignore[attr-defined]


def _page(name: str, pk: int) -> str:
    return reverse(f"admin:{name}_change", args=[pk])


def _is_there() -> bool:
    """Whether `benchmarks.pages`, or this, made the database; others make a smaller one."""
    connections.settings["default"]["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        found = cursor.fetchone() is not None
    connection.close()
    connections.settings["default"]["NAME"] = NAME
    if not found:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'ledger_entry'")
        (entries,) = cursor.fetchone() or (0,)
    connection.close()
    return bool(entries > place.LOCATIONS * big.ENTRIES * 0.9)


def main() -> None:
    place.start()
    if _is_there():
        call_command("migrate", verbosity=0)
    else:
        place.build(starts_on=big.STARTS_ON, term_months=24)
        big.fill()
    print("| page | median | 90 % | queries | size |\n| --- | --- | --- | --- | --- |")
    for one in visit():
        print(
            f"| {one.page} | {one.median:.0f} ms | {one.ninetieth:.0f} ms |"
            f" {one.queries} | {one.kilobytes:.0f} KB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
