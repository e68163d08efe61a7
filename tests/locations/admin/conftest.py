"""A staff user and a draft card."""

import pytest
from django.test import Client

from locations.models import RateCard
from tests.factories import make_card, make_user


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff@example.org", is_staff=True, is_superuser=True))
    return client


# --- Rate cards ---------------------------------------------------------------------------


@pytest.fixture
def draft() -> RateCard:
    return make_card(published=False)
