"""A member of staff whose actions are in the audit log."""

import pytest
from django.test import Client

from locations.models import User
from tests.databases import Clone
from tests.factories import make_user


@pytest.fixture
def jude(cloned_database: Clone) -> User:
    """Of a database whose transactions end: a line has the instant and the person of its own."""
    return make_user("jude@example.org", full_name="Jude", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(client: Client, jude: User) -> Client:
    client.force_login(jude)
    return client
