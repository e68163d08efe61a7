"""Time the pages of the staff desk in the large ledger: `python -m benchmarks.staff_pages`."""

import argparse
import random
from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import connection, connections
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from benchmarks import DATABASE_NAME, database, large_ledger, staff_fixtures
from benchmarks.page_timing import PageTiming, print_timings, random_location, time_page
from ledger.models import Charge
from locations.db.sql import fetch_rows
from locations.models import RateCard, RateCardUpload
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
LISTS_OF_LOCATION = ("Entries", "Charges", "Chat messages")

Page = tuple[str, Callable[[], str]]

# The change page of a random recent row.
CHANGE_PAGES = {
    "A balance": "ledger.Balance",
    "An entry": "ledger.Entry",
    "A charge": "ledger.Charge",
    "An international message": "ledger.InternationalMessage",
    "A chat message": "ledger.ChatMessage",
    "A hold": "ledger.Hold",
    "A contract": "locations.Contract",
    "An account of 1,000 locations": "locations.Account",
    "A chat inbox": "locations.ChatInbox",
    "A user": "locations.User",
    "A membership": "locations.Membership",
    "A series of rate cards": "locations.RateCardSeries",
    "A rate card": "locations.RateCard",
    "A price": "locations.Rate",
    "A report": "reports.Report",
    "A schedule": "reports.ReportSchedule",
    "An alert": "reports.Alert",
    "A verification": "ledger.Verification",
    "A verification run": "ledger.VerificationRun",
    "A request for an approval": "ledger.ApprovalRequest",
    "A request for a correction": "ledger.CorrectionRequest",
    "A request for credits": "ledger.CreditRequest",
}


def time_pages(only: str = "") -> Iterator[PageTiming]:
    client = Client()
    email = f"desk-{random.randrange(10**9)}@example.org"  # unique in a reused database
    user = factories.make_user(email, is_staff=True, is_superuser=True)
    client.force_login(user)
    draft = staff_fixtures.get_or_create_draft(user)
    for name, get_url in (*_list_pages(), *_change_pages(), *_other_pages(draft)):
        if only in name:
            yield time_page(client, name, get_url)


def _list_pages() -> Iterator[Page]:
    yield "Front page", lambda: reverse("admin:index")
    yield "Ledger health", lambda: reverse("admin:ledger_health")
    for name, page in LISTS.items():
        yield name, _list_url(page)
    for name in LISTS_OF_LOCATION:
        yield f"{name} of one location", _list_url(LISTS[name], of_location=True)
    yield "Entries by reference", _url("ledger_entry_changelist", [], "?q=PO-1")


def _change_pages() -> Iterator[Page]:
    yield "A location", lambda: _change_url("locations_location", random_location())
    # It has requests, holds, an alert, a report and a renewal failure.
    full = database.location_ids()[0]
    yield "A location with all there is", lambda: _change_url("locations_location", full)
    for name, label in CHANGE_PAGES.items():
        model = apps.get_model(label)
        pks = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:500])
        yield name, _random_change_url(model, pks)


def _other_pages(draft: RateCard) -> Iterator[Page]:
    upload = RateCardUpload.objects.filter(card=draft).values_list("pk", flat=True)[0]
    old = RateCard.objects.published().latest("pk")
    location = database.location_ids()[0]
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
        yield name, _url(page, arguments)
    for days in (30, 90):
        yield f"Renewals of {days} days", _url("ledger_balance_renewals", [], f"?days={days}")
    changes = "locations_change_changelist"
    yield "Who did what, with a word", _url(changes, [], "?text=Location+7")
    yield "Locations, searched", _url("locations_location_changelist", [], "?q=Location+77")
    offered = "?app_label=locations&model_name=contract&field_name=location&term=77"
    yield "Locations offered as one types", _url("autocomplete", [], offered)


def _url(page: str, arguments: list[int], query: str = "") -> Callable[[], str]:
    address = reverse(f"admin:{page}", args=arguments) + query
    return lambda: address


def _list_url(page: str, *, of_location: bool = False) -> Callable[[], str]:
    address = reverse(f"admin:{page}_changelist")
    return lambda: f"{address}?location__id__exact={random_location()}" if of_location else address


def _random_change_url(model: type[Model], pks: list[int]) -> Callable[[], str]:
    name = model._meta.label_lower.replace(".", "_")
    return lambda: _change_url(name, random.choice(pks))


def _change_url(name: str, pk: int) -> str:
    return reverse(f"admin:{name}_change", args=[pk])


def _ledger_exists() -> bool:
    connections.settings["default"]["NAME"] = "postgres"
    exists = fetch_rows("SELECT 1 FROM pg_database WHERE datname = %(name)s", name=DATABASE_NAME)
    connection.close()
    connections.settings["default"]["NAME"] = DATABASE_NAME
    if not exists:
        return False
    entries = fetch_rows("SELECT reltuples FROM pg_class WHERE relname = 'ledger_entry'")
    connection.close()
    return bool(entries and entries[0][0] > database.LOCATIONS * large_ledger.ENTRIES * 0.9)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.staff_pages", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="pages with this in their name")
    only = parser.parse_args().only
    database.start_server()
    large_ledger.prepare(reuse=_ledger_exists())
    print_timings(time_pages(only))


if __name__ == "__main__":
    main()
