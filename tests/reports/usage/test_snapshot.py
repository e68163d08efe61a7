"""Credit Usage agrees with itself while charges go on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import InternalError, connection
from django.utils import timezone

from ledger.engine.funding import purchase
from ledger.engine.renewals import renew
from ledger.engine.snapshots import read_snapshot
from ledger.models import Balance
from ledger.reading.daily_usage import daily_usage
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
