"""Days, months and midnights: every time zone's awkward days, month ends, 29 February."""

import calendar
import datetime as dt
import functools
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locations.calendar import add_months, day_starts_at, local_day

FIRST_ON, LAST_ON = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
ZONES = sorted(available_timezones())
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
INSTANT = dt.timedelta(seconds=1)  # clocks change at whole seconds


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@functools.cache
def weeks() -> list[dt.datetime]:
    first = dt.datetime.combine(FIRST_ON, dt.time.min, tzinfo=dt.UTC) - WEEK
    return [first + WEEK * number for number in range((LAST_ON - FIRST_ON).days // 7 + 4)]


@functools.cache
def offsets(zone: str) -> tuple[dt.timedelta, ...]:
    """The zone's offsets from UTC, week by week: zones that share them share their clocks."""
    clock = ZoneInfo(zone)
    return tuple(at.astimezone(clock).utcoffset() or dt.timedelta() for at in weeks())


@functools.cache
def clocks() -> list[str]:
    """One zone of each kind of clock: links and twins of a zone need no test of their own."""
    return list({offsets(zone): zone for zone in ZONES}.values())


def clock_changes(zone: str) -> list[dt.datetime]:
    """The first instants of new offsets in the zone, found by looking at its clock."""
    clock = ZoneInfo(zone)
    changes = []
    for before, after, week in zip(offsets(zone), offsets(zone)[1:], weeks(), strict=False):
        if before != after:
            early, late = week, week + WEEK
            while late - early > INSTANT:
                middle = early + (late - early) // 2
                middle = middle.replace(microsecond=0)
                if middle.astimezone(clock).utcoffset() == before:
                    early = middle
                else:
                    late = middle
            changes.append(late)
    return changes


def begins_by(zone: str, on: dt.date, at: dt.datetime) -> bool:
    """Whether the local day, or a later one, is on the zone's clock at the instant."""
    return at.astimezone(ZoneInfo(zone)).date() >= on


# --- The first instant of a day -------------------------------------------------------------


def test_every_zone_has_its_clock_among_those_tested():
    assert {offsets(zone) for zone in clocks()} == {offsets(zone) for zone in ZONES}
    assert len(clocks()) > 150


def test_a_day_begins_at_its_first_instant_around_every_clock_change_of_every_zone():
    """Between two changes a clock runs forward: it is enough to look just before each change."""
    wrong, checked = [], 0
    for zone in clocks():
        changes = clock_changes(zone)
        for number, change in enumerate(changes):
            nearby = changes[max(0, number - 3) : number + 4]
            middle = change.astimezone(ZoneInfo(zone)).date()
            for on in (middle - DAY, middle, middle + DAY):
                starts_at = day_starts_at(on, ZoneInfo(zone))
                before = [starts_at, *(late for late in nearby if late < starts_at)]
                checked += 1
                if not begins_by(zone, on, starts_at) or any(
                    begins_by(zone, on, late - INSTANT) for late in before
                ):
                    wrong.append((zone, str(on), str(starts_at)))
    assert wrong == []
    assert checked > 30_000


@given(zone=st.sampled_from(ZONES), on=st.dates(FIRST_ON, LAST_ON))
@settings(deadline=None, max_examples=150)
def test_no_minute_before_the_start_of_a_day_is_in_it_or_later(zone: str, on: dt.date):
    starts_at = day_starts_at(on, ZoneInfo(zone))
    noon = dt.datetime.combine(on, dt.time(12), tzinfo=dt.UTC)
    minutes = (noon + dt.timedelta(minutes=number) for number in range(-38 * 60, 16 * 60))
    assert starts_at == next(at for at in minutes if begins_by(zone, on, at))


@given(zone=st.sampled_from(ZONES), on=st.dates(FIRST_ON, LAST_ON))
@settings(deadline=None)
def test_days_begin_in_order_and_each_in_itself(zone: str, on: dt.date):
    clock = ZoneInfo(zone)
    starts_at, next_at = day_starts_at(on, clock), day_starts_at(on + DAY, clock)
    assert starts_at.tzinfo is dt.UTC
    if starts_at == next_at:  # the day does not exist
        assert local_day(starts_at, clock) == on + DAY
    else:
        assert local_day(starts_at, clock) == on
        assert starts_at < next_at


@pytest.mark.parametrize(
    ("zone", "on", "starts_at"),
    [
        # Midnight does not exist: the clock goes from 23:59:59 to 01:00.
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00"),
        ("America/Havana", "2025-03-09", "2025-03-09T05:00:00"),
        ("America/Santiago", "2024-09-08", "2024-09-08T04:00:00"),
        ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00"),
        ("Atlantic/Azores", "2024-03-31", "2024-03-31T01:00:00"),
        # Midnight comes twice: the clock goes from 00:59:59 back to 00:00.
        ("America/Havana", "2024-11-03", "2024-11-03T04:00:00"),
        ("Atlantic/Azores", "2024-10-27", "2024-10-27T00:00:00"),
        # The clock goes back at midnight, into the evening before.
        ("Asia/Beirut", "2022-10-30", "2022-10-29T22:00:00"),
        ("America/Santiago", "2025-04-06", "2025-04-06T04:00:00"),
        # One minute after midnight, back to 23:01 of the evening before: midnight comes twice.
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00"),
        # Half an hour, at midnight.
        ("Asia/Pyongyang", "2018-05-05", "2018-05-04T15:00:00"),
        ("America/Caracas", "2016-05-01", "2016-05-01T04:30:00"),
        # Ordinary days, far from Greenwich.
        ("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00"),
        ("Pacific/Niue", "2026-01-01", "2026-01-01T11:00:00"),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00"),
        ("UTC", "2026-01-01", "2026-01-01T00:00:00"),
    ],
)
def test_a_day_begins_at_this_instant(zone: str, on: str, starts_at: str):
    assert day_starts_at(day(on), ZoneInfo(zone)) == utc(starts_at)


def test_the_day_that_samoa_skipped_begins_and_ends_where_the_next_begins():
    apia = ZoneInfo("Pacific/Apia")
    starts = [day_starts_at(day(f"2011-12-{number}"), apia) for number in (29, 30, 31)]
    assert starts == [
        utc("2011-12-29T10:00:00"),
        utc("2011-12-30T10:00:00"),
        utc("2011-12-30T10:00:00"),
    ]
    assert local_day(starts[1], apia) == day("2011-12-31")
    assert local_day(starts[1] - INSTANT, apia) == day("2011-12-29")


def test_an_instant_is_on_different_days_of_different_zones():
    at = utc("2026-06-15T10:30:00")
    zones = ["Pacific/Kiritimati", "Europe/Amsterdam", "Pacific/Niue"]
    assert [str(local_day(at, ZoneInfo(zone))) for zone in zones] == [
        "2026-06-16",
        "2026-06-15",
        "2026-06-14",
    ]


# --- The same day some months later -----------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "months", "later"),
    [
        ("2024-02-29", [0, 12, 24, 36, 48], ["29", "28", "28", "28", "29"]),
        ("2096-02-29", [48, 96], ["28", "29"]),  # 2100 is a common year, 2104 a leap year
        ("2026-01-31", [1, 2, 3, 4, 5, 6], ["28", "31", "30", "31", "30", "31"]),
        ("2027-12-31", [1, 2, 3], ["31", "29", "31"]),
        ("2026-01-30", [1, 2], ["28", "30"]),
        ("2026-05-15", [1, 9, 13], ["15", "15", "15"]),
    ],
)
def test_months_are_counted_from_the_first_day(first: str, months: list[int], later: list[str]):
    assert [f"{add_months(day(first), number):%d}" for number in months] == later


@pytest.mark.parametrize(
    ("first", "months", "later"),
    [
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-01-31", -2, "2025-11-30"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2026-06-15", -18, "2024-12-15"),
        ("2026-06-15", 0, "2026-06-15"),
    ],
)
def test_adding_months_gives_this_day(first: str, months: int, later: str):
    assert add_months(day(first), months) == day(later)


@given(first=st.dates(FIRST_ON, LAST_ON), months=st.integers(-24, 1200))
def test_the_month_is_right_and_the_day_is_the_same_or_the_last(first: dt.date, months: int):
    later = add_months(first, months)
    assert (later.year * 12 + later.month) - (first.year * 12 + first.month) == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == (first.day if first.day <= last else last)


@given(first=st.dates(FIRST_ON, LAST_ON), months=st.integers(0, 1200))
def test_a_month_more_is_a_later_day(first: dt.date, months: int):
    assert add_months(first, months) < add_months(first, months + 1)
