"""A location with 100 credits, and one of its charges opened by its manager."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from locations.models import Location
from tests.factories import make_card, make_location, make_member
from tests.reports.history.charge.charges import NOW, address


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    make_card()
    return make_location(included=100)


@pytest.fixture
def open_charge(client: Client) -> Callable[..., Any]:
    def opened(location: Location, charge_id: int, **asked: Any) -> Any:
        client.force_login(make_member(location))
        answer = client.get(address(location, charge_id), asked)
        assert answer.status_code == 200
        return answer

    return opened
