"""The fixtures themselves: clones beside ordinary tests, and races between processes."""

import os
import urllib.request

import pytest
from django.db import connection

from locations.models import Account
from tests.databases import Clone
from tests.processes import race
from tests.product import LiveProduct


@pytest.mark.django_db
def test_an_ordinary_test_sees_an_empty_database() -> None:
    assert Account.objects.count() == 0
    Account.objects.create(name="Rolled back")


def _add(name: str) -> int:
    Account.objects.create(name=name)
    return os.getpid()


def test_processes_commit_to_the_clone(cloned_database: Clone) -> None:
    assert connection.settings_dict["NAME"] == cloned_database.name
    outcomes = race(_add, [{"name": f"Process {number}"} for number in range(4)])
    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert len({outcome.value for outcome in outcomes}) == 4
    assert Account.objects.count() == 4


def test_a_race_reports_errors_and_lost_processes(cloned_database: Clone) -> None:
    [outcome] = race(_add, [{"name": None}])
    assert outcome.error == "IntegrityError"


def test_a_command_works_on_the_clone(cloned_database: Clone) -> None:
    Account.objects.create(name="Committed")
    code = "from locations.models import Account; print(Account.objects.get().name)"
    done = cloned_database.manage("shell", "-v", "0", "-c", code)
    assert (done.returncode, done.stdout) == (0, "Committed\n"), done.stderr


@pytest.mark.django_db
def test_afterwards_the_database_is_empty_again() -> None:
    assert Account.objects.count() == 0


def test_the_live_product_answers(live_product: LiveProduct) -> None:
    Account.objects.create(name="Seen by the product")
    with urllib.request.urlopen(f"{live_product.url}/healthz") as answer:
        assert answer.status == 200
