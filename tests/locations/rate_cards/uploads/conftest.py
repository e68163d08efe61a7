"""Somebody at the staff desk who may do anything."""

import pytest
from django.test import Client

from locations.models import User
from tests.factories import make_user


@pytest.fixture
def boss() -> User:
    return make_user("boss@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client
