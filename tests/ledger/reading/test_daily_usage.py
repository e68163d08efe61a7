"""The daily table as `daily_usage` reads it; its sums are tested with the pages and reports."""

import datetime as dt

import pytest

from ledger.engine.charging import charge_chat
from ledger.engine.funding import purchase
from ledger.reading.daily_usage import daily_usage
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


def test_every_day_carries_the_balance_over_quiet_ones():
    location = make_location(included=None)
    purchase(location.pk, 50, key=key(), at=NOON - 5 * DAY, reference="Invoice 1")
    purchase(location.pk, 7, key=key(), at=NOON - 2 * DAY, reference="Invoice 2")
    usage = daily_usage(location, TODAY - 4 * DAY, TODAY)
    assert [
        (row.day, row.opening, row.closing, row.is_quiet) for row in usage.every_day(TODAY)
    ] == [
        (TODAY - 4 * DAY, 50, 50, True),
        (TODAY - 3 * DAY, 50, 50, True),
        (TODAY - 2 * DAY, 50, 57, False),
        (TODAY - 1 * DAY, 57, 57, True),
        (TODAY, 57, 57, True),
    ]
    assert list(daily_usage(location).every_day(TODAY - 5 * DAY))[-1].day == TODAY - 2 * DAY
    assert list(daily_usage(make_location(included=None)).every_day(TODAY)) == []
    assert list(daily_usage(location, TODAY + DAY).every_day(TODAY)) == []


def test_quiet_days_are_rows_beside_those_of_the_kinds():
    location = make_location(included=100, starts_on=TODAY - 3 * DAY)
    charge_chat(location.pk, [chat(sent_at=NOON - 2 * DAY)], key=key(), at=NOON - 2 * DAY)
    usage = daily_usage(location, TODAY - 4 * DAY, TODAY, ["additions"])
    quiet = usage.with_quiet_days(TODAY)
    assert [row.day for row in usage.rows] == [TODAY - 3 * DAY]
    assert [TODAY - row.day for row in quiet.rows] == [4 * DAY, 3 * DAY, 1 * DAY, 0 * DAY]
    assert (quiet.total, quiet.rows_total, quiet.days) == (
        usage.total,
        usage.rows_total,
        usage.days,
    )


def test_a_day_says_what_was_bought_and_granted():
    location = make_location(included=100, starts_on=TODAY - DAY)
    free = make_location(included=0, starts_on=TODAY - DAY)
    purchase(location.pk, 50, key=key(), at=NOON, reference="Invoice 1")
    purchase(free.pk, 7, key=key(), at=NOON, reference="Invoice 2")
    assert [(day.bought, day.granted) for day in daily_usage(location).days] == [
        (0, 100),
        (50, None),
    ]
    assert [(day.bought, day.granted) for day in daily_usage(free).days] == [(0, 0), (7, None)]
