"""The daily table as `ledger.daily` reads it; its sums are tested with the pages and reports."""

import datetime as dt

import pytest

from ledger.charging import charge_chat
from ledger.daily import daily_usage
from ledger.funding import purchase
from tests.factories import NOON, chat, key, make_location

DAY = dt.timedelta(days=1)
TODAY = NOON.date()

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("first_on", [None, TODAY - 9 * DAY, TODAY - 3 * DAY, TODAY + DAY])
@pytest.mark.parametrize("last_on", [None, TODAY, TODAY - 3 * DAY, TODAY - 40 * DAY])
@pytest.mark.parametrize("kinds", [(), ("chat",), ("additions", "text")])
def test_a_part_is_what_asking_for_its_days_would_say(first_on, last_on, kinds):
    location = make_location(included=100)
    for days in range(12, 0, -1):
        at = NOON - days * DAY
        charge_chat(location.pk, [chat(sent_at=at)], key=key(), at=at)
    purchase(location.pk, 50, key=key(), at=NOON - 5 * DAY, reference="Invoice 1")
    asked = daily_usage(location, first_on, last_on, kinds)
    assert daily_usage(location).part(first_on, last_on, kinds) == asked
    since = first_on and min(first_on, TODAY - 20 * DAY)
    assert daily_usage(location, since).part(first_on, last_on, kinds) == asked
