"""Credit Usage agrees with itself while charges go on."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import InternalError, connection
from django.http import QueryDict
from django.utils import timezone

from ledger.engine import snapshots
from ledger.engine.funding import purchase
from ledger.engine.renewals import renew
from ledger.engine.snapshots import read_snapshot, renewed_snapshot
from ledger.models import Balance
from ledger.reading.daily_usage import daily_usage
from locations.contracts.amendments import amend_contract
from locations.models import Location
from reports.account.page import read_account
from tests.databases import Clone
from tests.factories import key, make_location


def buy(location_id: int) -> None:
    """As another process would, over a connection of its own."""
    try:
        purchase(location_id, 7, key=key(), at=timezone.now(), reference="Invoice 1")
    finally:
        connection.close()


def test_figures_of_one_snapshot_agree(cloned_database: Clone) -> None:
    location = make_location(included=100)
    renew(location.pk, at=timezone.now())
    with ThreadPoolExecutor() as another, read_snapshot():
        total = Balance.objects.get(location=location).total
        another.submit(buy, location.pk).result()
        assert daily_usage(location).closing == total == 100
    assert daily_usage(location).closing == Balance.objects.get(location=location).total == 107


def test_nothing_is_written_in_it(cloned_database: Clone) -> None:
    location = make_location(included=100)
    with pytest.raises(InternalError, match="read-only"), read_snapshot():
        purchase(location.pk, 7, key=key(), at=timezone.now(), reference="Invoice 1")
    purchase(location.pk, 7, key=key(), at=timezone.now(), reference="Invoice 1")  # but after it


def change_after_renewals(
    monkeypatch: pytest.MonkeyPatch, location: Location, included: list[int]
) -> list[int]:
    """Change the included credits after each renewal; returns those still to come."""
    changes = included[::-1]

    def renew_and_change(location_id: int, *, at: dt.datetime) -> None:
        renew(location_id, at=at)
        if changes:
            contract = location.contracts.get()
            contract.included_credits = changes.pop()
            amend_contract(contract, ["included_credits"])

    monkeypatch.setattr(snapshots, "renew", renew_and_change)
    return changes


def test_terms_that_change_before_the_snapshot_are_renewed_first(
    cloned_database: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = make_location(included=100)
    change_after_renewals(monkeypatch, location, [200, 300])
    with renewed_snapshot(location.pk, at=timezone.now()):
        balance = Balance.objects.select_related("location").get(location=location)
        assert balance.terms_version == balance.location.terms_version
        assert location.contracts.get().included_credits == 300


def test_account_page_renews_terms_that_change_before_its_snapshot(
    cloned_database: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = make_location(included=100)
    changes = change_after_renewals(monkeypatch, location, [300])
    account = read_account(location.account, QueryDict(), at=timezone.now())
    [row] = account.table.page_records
    balance = Balance.objects.select_related("location").get(location=location)
    assert changes == []
    assert balance.terms_version == balance.location.terms_version == row.location.terms_version
