"""Servers, databases and the running product for every test; `tests/plugin.py` comes before it."""

import contextlib
import gc
import hashlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from locations.known_terms import known_terms
from redflag_credits.devserver import servers
from tests import databases, product
from tests.plugin import POSTGRES_DIR

# How long an example takes tells of the machine, and of what else it does.
hypothesis_settings.register_profile(
    "suite",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """What the imports made stays: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cheap_settings() -> None:
    settings.PASSWORD_HASHERS = [
        "tests.hashers.CheapArgon2PasswordHasher",
        *settings.PASSWORD_HASHERS[1:],
    ]
    settings.WHITENOISE_AUTOREFRESH = True  # else each test client lists all static files


@pytest.fixture(scope="session")
def embedded_servers() -> None:
    """PostgreSQL of all test processes and Valkey of this one, unless the caller named others.

    PostgreSQL runs without fsync: a crash test asks `servers.use` for a data folder of its own.
    """
    if POSTGRES_DIR:
        servers.use(POSTGRES_DIR, with_redis=False, fsync=False)
    if settings.LOCAL_REDIS:
        servers.use(settings.DATA_DIR, with_postgres=False)


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    """What an earlier test left behind: ids of its database, the language of its last page."""
    known_terms.clear()
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, embedded_servers: None
) -> Iterator[None]:
    """This process's copy of the template, also where no selected test is marked with django_db.

    Named after the process's folder, which no other process has.
    """
    live = connections.settings["default"]
    mark = hashlib.sha256(os.fsencode(settings.DATA_DIR)).hexdigest()[:8]
    name = f"test_{live['NAME']}_{mark}"
    before = live["NAME"]
    with contextlib.ExitStack() as stack:
        with django_db_blocker.unblock():
            databases.drop_leftovers(name)
            stack.enter_context(databases.template())
            with databases.administration() as server:
                databases.copy(server, databases.template_name(), name)
        live["NAME"] = live["TEST"]["NAME"] = name
        yield
    with django_db_blocker.unblock():
        connections.close_all()
        live["NAME"] = before
        databases.drop_leftovers(name)


@pytest.fixture(scope="module")
def module_transaction(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For rows that all tests of a module need: made once, rolled back after the last test.

    Each test adds its own with `savepoint`. Instead of `db` in the whole module, never beside it.
    """
    known_terms.clear()
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        connections.close_all()


@pytest.fixture
def savepoint(module_transaction: None) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cloned_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[databases.Clone]:
    """A copy of the migrated database that this test may commit to, from several processes.

    Instead of `db` or `@pytest.mark.django_db`, never beside them.
    """
    if {"db", "transactional_db", "live_product"} & set(request.fixturenames):
        pytest.fail("cloned_database replaces db and django_db: use one of them.")
    with django_db_blocker.unblock(), databases.cloned() as clone:
        yield clone


@pytest.fixture(scope="module")
def shared_clone(django_db_setup: None, django_db_blocker: Any) -> Iterator[databases.Clone]:
    """One copy for all tests of a module: for those that mind no rows but their own."""
    with django_db_blocker.unblock(), databases.cloned() as clone:
        yield clone


@pytest.fixture(scope="module")
def live_product(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[product.LiveProduct]:
    """The product on a free port with a database of the module's own, which tests may fill."""
    logs = tmp_path_factory.mktemp("product")
    with django_db_blocker.unblock(), product.with_database(logs) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright drives the Chromium of the system: its own builds cannot be had everywhere."""
    if chromium := os.environ.get("CHROMIUM"):
        return {**browser_type_launch_args, "executable_path": chromium}
    return browser_type_launch_args
