"""Two staff users and an approval limit."""

from typing import Any

import pytest

from locations.models import Location, User
from tests.factories import make_card, make_location, make_user


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.STAFF_APPROVAL_ABOVE_CREDITS = 10


@pytest.fixture
def soho(db: None) -> Location:
    make_card()
    return make_location(name="Soho", included=100)


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada@example.org", is_staff=True)


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob@example.org", is_staff=True)
