"""The staff desk in a ledger of ten million messages: server time and queries of its pages."""

import argparse
import random
from collections.abc import Callable, Iterator

from django.db import connection, connections
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from benchmarks import NAME, big, place, staff_rows
from benchmarks.pages import Visited, visited
from ledger.models import (
    ApprovalRequest,
    Balance,
    Charge,
    ChatMessage,
    CorrectionRequest,
    CreditRequest,
    Entry,
    Hold,
    InternationalMessage,
    Verification,
    VerificationRun,
)
from locations.models import (
    Account,
    ChatInbox,
    Contract,
    Membership,
    Rate,
    RateCard,
    RateCardSeries,
    RateCardUpload,
    User,
)
from reports.models import Alert, Report, ReportSchedule
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

Page = tuple[str, Callable[[], str]]


# Pages that show one row of a model, of those that came last.
ONES = {
    "A balance": Balance,
    "An entry": Entry,
    "A charge": Charge,
    "An international message": InternationalMessage,
    "A chat message": ChatMessage,
    "A hold": Hold,
    "A contract": Contract,
    "An account of 1,000 locations": Account,
    "A chat inbox": ChatInbox,
    "A user": User,
    "A membership": Membership,
    "A series of rate cards": RateCardSeries,
    "A rate card": RateCard,
    "A price": Rate,
    "A report": Report,
    "A schedule": ReportSchedule,
    "An alert": Alert,
    "A verification": Verification,
    "A verification run": VerificationRun,
    "A request for an approval": ApprovalRequest,
    "A request for a correction": CorrectionRequest,
    "A request for credits": CreditRequest,
}


def visit(only: str = "") -> Iterator[Visited]:
    """The desk's pages, signed in as somebody who may do everything."""
    client = Client()
    address_of = f"desk-{random.randrange(10**9)}@example.org"  # the database may have been used
    boss = factories.make_user(address_of, is_staff=True, is_superuser=True)
    client.force_login(boss)
    for name, address in (*_lists(), *_ones(), *_own(staff_rows.stock(boss))):
        if only in name:
            yield visited(client, name, address)


def _lists() -> Iterator[Page]:
    yield "Front page", lambda: reverse("admin:index")
    yield "Ledger health", lambda: reverse("admin:ledger_health")
    for name, page in LISTS.items():
        yield name, _list(page)
    for name in OF_ONE:
        yield f"{name} of one location", _list(LISTS[name], of_one=True)
    yield "Entries by reference", _by_reference


def _ones() -> Iterator[Page]:
    yield "A location", lambda: _page("locations_location", _anyone())
    # The one that everything was made for: requests, holds, an alert, a report, a failure.
    yield "A location with all there is", lambda: _page("locations_location", place.locations()[0])
    for name, model in ONES.items():
        pks = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:500])
        yield name, _one_of(model, pks)


def _own(draft: RateCard) -> Iterator[Page]:
    """Pages that are no list of a model and no row of one."""
    upload = RateCardUpload.objects.filter(card=draft).values_list("pk", flat=True)[0]
    old = RateCard.objects.published().latest("pk")
    location = place.locations()[0]
    charge = Charge.objects.filter(location=location).latest("pk")
    for name, page, arguments in (
        ("Import: the preview of 633 prices", "locations_ratecardupload_preview", [upload]),
        ("Two cards compared", "locations_ratecard_compare", [draft.pk]),
        ("A card as CSV", "locations_ratecard_csv", [draft.pk]),
        ("A card as XLSX", "locations_ratecard_xlsx", [draft.pk]),
        ("Before publishing: gaps and impact", "ledger_ratecardimpact_check", [draft.pk]),
        ("Impact as CSV", "ledger_ratecardimpact_download", [draft.pk]),
        ("Try a number", "ledger_charge_try", [location]),
        ("Record a purchase", "ledger_entry_purchase", [location]),
        ("Give a charge back", "ledger_entry_reversal", [charge.pk]),
        ("What waits for a decision", "ledger_approvalrequest_queue", []),
        ("Run a renewal", "ledger_balance_renew", [location]),
        ("History of a location", "locations_location_history", [location]),
        ("History of a rate card", "locations_ratecard_history", [old.pk]),
    ):
        yield name, _named(page, arguments)
    for days in (30, 90):
        yield f"Renewals of {days} days", _named("ledger_balance_renewals", [], f"?days={days}")
    changes = "locations_change_changelist"
    yield "Who did what, with a word", _named(changes, [], "?text=Location+7")
    yield "Locations, searched", _named("locations_location_changelist", [], "?q=Location+77")
    offered = "?app_label=locations&model_name=contract&field_name=location&term=77"
    yield "Locations offered as one types", _named("autocomplete", [], offered)


def _named(page: str, arguments: list[int], query: str = "") -> Callable[[], str]:
    address = reverse(f"admin:{page}", args=arguments) + query
    return lambda: address


def _list(page: str, *, of_one: bool = False) -> Callable[[], str]:
    address = reverse(f"admin:{page}_changelist")
    return lambda: f"{address}?location__id__exact={_anyone()}" if of_one else address


def _one_of(model: type[Model], pks: list[int]) -> Callable[[], str]:
    return lambda: _page(_name(model), random.choice(pks))


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
    parser = argparse.ArgumentParser(prog="python -m benchmarks.staff_pages", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="pages with this in their name")
    only = parser.parse_args().only
    place.start()
    if _is_there():
        place.take_again()
    else:
        place.build(starts_on=big.STARTS_ON, term_months=24)
        big.fill()
    print("| page | median | 90 % | queries | size |\n| --- | --- | --- | --- | --- |")
    for one in visit(only):
        print(one, flush=True)


if __name__ == "__main__":
    main()
