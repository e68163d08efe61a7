"""What is remembered of the usage of many locations: when it holds, and that it is what is."""

import datetime as dt
import random
from typing import Any

import pytest

from ledger.engine.charging import charge_chat
from ledger.engine.funding import adjust, purchase
from ledger.engine.renewals import renew
from ledger.reading.daily_usage import daily_usage
from locations.models import Location
from reports import tasks
from reports.balance.summary import balance_summary
from reports.forecast.daily_rates import (
    LocationUsage,
    load_location_usage,
    refresh_daily_rates,
    save_daily_rates,
)
from reports.forecast.forecast import (
    DAY,
    HISTORY_DAYS,
    DailyRate,
    HistoryState,
    forecast,
    project,
    runs_out_on,
)
from reports.models import LocationDailyRate
from tests.factories import NOON, chat, key, make_location
from tests.reports.stands import TODAY, contract, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Location:
    location = make_location(included=100_000)
    location.chat_inboxes.create(name="Front Desk")
    return location


def chats(location: Location, ago: int, count: int, *, posted: dt.datetime | None = None) -> None:
    sent_at = NOON - ago * DAY
    messages = [chat("inbound", sent_at=sent_at) for _ in range(count)]
    charge_chat(location.pk, messages, key=key(), at=posted or sent_at)


def seen(location: Location, *, on: dt.date = TODAY) -> tuple[LocationUsage, bool]:
    """What is said of it, and whether that was remembered."""
    found, made = load_location_usage({location.pk: on})
    save_daily_rates(made)
    return found[location.pk], not made


def as_on_its_page(location: Location) -> LocationUsage:
    """By the days of the location alone, as Credit Usage does it."""
    renew(location.pk, at=NOON)
    summary = balance_summary(location, at=NOON)
    usage = daily_usage(location, summary.today - HISTORY_DAYS * DAY)
    expected = forecast(usage, summary)
    used = sum(-row.moved.usage for row in usage.days if summary.today - row.day < 30 * DAY)
    by_weekday = list(expected.daily_rate.by_weekday) if expected.daily_rate else None
    return LocationUsage(used, expected.history.used_today, expected.history_state, by_weekday)


def test_it_says_what_the_location_s_own_page_says_for_random_histories(place: Location) -> None:
    draw = random.Random(20261125)
    for _ in range(8):
        location = make_location(included=100_000)
        location.chat_inboxes.create(name="Front Desk")
        for ago in sorted(draw.sample(range(200), draw.choice([0, 3, 8, 40])), reverse=True):
            chats(location, ago, draw.randint(1, 30))
        for _ in range(2):  # made, then remembered
            assert seen(location)[0] == as_on_its_page(location)


def test_it_is_remembered_for_the_day(place: Location) -> None:
    for ago in range(40, 0, -1):
        chats(place, ago, 3)
    assert seen(place)[1] is False
    assert seen(place)[1] is True
    assert seen(place, on=TODAY + DAY)[1] is False
    assert LocationDailyRate.objects.get().day == TODAY + DAY


def test_what_is_used_today_counts_at_once(place: Location) -> None:
    for ago in range(40, 0, -1):
        chats(place, ago, 3)
    before, _ = seen(place)
    chats(place, 0, 5)
    after, remembered = seen(place)
    assert remembered
    assert (after.used - before.used, after.today, after.daily_rate) == (10, 10, before.daily_rate)
    assert after == as_on_its_page(place)


def test_usage_of_an_earlier_day_that_comes_late_makes_it_anew(place: Location) -> None:
    for ago in range(40, 0, -1):
        chats(place, ago, 3)
    before, _ = seen(place)
    chats(place, 2, 5, posted=NOON)
    after, remembered = seen(place)
    assert not remembered
    assert after.used - before.used == 10
    assert after == as_on_its_page(place)
    assert seen(place) == (after, True)


def test_what_is_no_usage_changes_nothing(place: Location) -> None:
    chats(place, 3, 1)
    before, _ = seen(place)
    purchase(place.pk, 10, key=key(), at=NOON - 2 * DAY, reference="Invoice 1")
    adjust(place.pk, -1, key=key(), at=NOON, reason="Test")
    assert seen(place) == (before, True)


@pytest.mark.parametrize(
    ("days_ago", "today", "history_state"),
    [
        ([], 0, HistoryState.NOTHING_USED),
        ([], 1, HistoryState.SHORT),
        (range(60, 30, -1), 0, HistoryState.SILENT),
        (range(60, 30, -1), 1, HistoryState.ENOUGH),
        ([20], 0, HistoryState.SPARSE),
    ],
)
def test_what_is_used_today_may_be_what_was_missing(
    place: Location, days_ago: Any, today: int, history_state: HistoryState
) -> None:
    for ago in days_ago:
        chats(place, ago, 1)
    seen(place)
    if today:
        chats(place, 0, today)
    found, remembered = seen(place)
    assert (found.history_state, remembered) == (history_state, True)
    assert found == as_on_its_page(place)


def test_the_schedule_makes_what_does_not_hold(place: Location) -> None:
    other = make_location(time_zone="Pacific/Kiritimati")  # its day begins 14 hours before UTC's
    assert refresh_daily_rates(at=NOON) == 2
    assert refresh_daily_rates(at=NOON) == 0
    assert LocationDailyRate.objects.get(location=other).day == TODAY + DAY
    chats(place, 1, 1, posted=NOON)
    assert refresh_daily_rates(at=NOON) == 1
    tasks.update_daily_rates()


def test_the_day_of_running_out_is_that_of_the_course_followed_day_by_day() -> None:
    """For 3,000 random balances, contracts and rates, none ending at exactly half a credit."""
    draw = random.Random(20261125)
    days = []
    for _ in range(3_000):
        contracts = []
        if draw.random() < 0.7:
            starts_on = TODAY - dt.timedelta(days=draw.randint(0, 900))
            ends_on = draw.choice([None, None, TODAY + dt.timedelta(days=draw.randint(1, 400))])
            first = contract(
                starts_on,
                included=draw.choice([0, 50, 1_000, 20_000]),
                term_months=draw.choice([1, 6, 12]),
                ends_on=ends_on,
                overdraft_limit=draw.choice([0, 100]),
                debt_at_renewal=draw.choice(["write_off", "carry"]),
            )
            contracts.append(first)
        summary = stands(
            *contracts,
            contract_credits=draw.choice([0, 10, 500, 20_000]) if contracts else 0,
            purchased=draw.choice([-40, 0, 0, 300, 5_000, 1_000_000]),
            held=draw.choice([0, 0, 7]),
        )
        size = draw.choice([0.1234567, 3, 80])
        rate = DailyRate(tuple(draw.choice([0.0, 1.0, draw.random()]) * size for _ in range(7)))
        used_today = draw.choice([0, 0, 5, 200])
        expected = project(summary, rate, used_today=used_today).runs_out_on
        assert runs_out_on(summary, rate, used_today=used_today) == expected
        days.append(expected)
    assert 500 < len([day for day in days if day]) < 2_900
