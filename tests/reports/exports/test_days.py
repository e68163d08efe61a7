"""Which day of a report a message stands on, and the clock that it shows."""

import datetime as dt

import pytest

from ledger.reading.daily_usage import daily_usage
from tests.reports import traffic
from tests.reports.exports.messages import chats, international
from tests.reports.traffic import GERMANY, MEXICO, SWEDEN, utc

pytestmark = pytest.mark.django_db


def test_both_ends_of_the_range_are_days_of_the_location() -> None:
    place = traffic.location(time_zone="America/Chicago")  # five hours behind UTC in May
    for sent in ["2026-05-02 04:59:59", "2026-05-02 05:00:00", "2026-05-04 04:59:59"]:
        traffic.texts(place, utc(sent), MEXICO)
    traffic.texts(place, utc("2026-05-04 05:00:00"), MEXICO)
    sent = [
        row["Sent date"] for row in international(place, dt.date(2026, 5, 2), dt.date(2026, 5, 3))
    ]
    assert sent == [dt.datetime(2026, 5, 2), dt.datetime(2026, 5, 3, 23, 59, 59)]


@pytest.mark.parametrize(
    ("time_zone", "instants", "local"),
    [
        # The hour that comes twice: the order is that of the instants.
        (
            "Europe/Amsterdam",
            ["2025-10-25 23:30:00", "2025-10-26 00:30:00", "2025-10-26 01:30:00"],
            ["2025-10-26 01:30:00", "2025-10-26 02:30:00", "2025-10-26 02:30:00"],
        ),
        # Cairo's clocks skip the first hour of the day.
        (
            "Africa/Cairo",
            ["2026-04-23 21:59:59", "2026-04-23 22:00:00"],
            ["2026-04-23 23:59:59", "2026-04-24 01:00:00"],
        ),
        # Havana has midnight twice.
        (
            "America/Havana",
            ["2025-11-02 04:30:00", "2025-11-02 05:30:00"],
            ["2025-11-02 00:30:00", "2025-11-02 00:30:00"],
        ),
        ("Asia/Kathmandu", ["2026-02-28 18:15:00"], ["2026-03-01 00:00:00"]),
    ],
)
def test_awkward_days_show_what_the_clocks_of_the_location_showed(
    time_zone: str, instants: list[str], local: list[str]
) -> None:
    place = traffic.location(time_zone=time_zone, starts_on=dt.date(2025, 1, 1))
    for instant in instants:
        traffic.texts(place, utc(instant), MEXICO)
        traffic.chat(place, utc(instant))
    expected = [dt.datetime.fromisoformat(text) for text in local]
    range_ = (dt.date(2025, 1, 1), dt.date(2026, 12, 31))
    assert [row["Sent date"] for row in international(place, *range_)] == expected
    assert [row["Date and time"] for row in chats(place, *range_)] == expected
    for day in {instant.date() for instant in expected}:
        there = [instant for instant in expected if instant.date() == day]
        assert [row["Sent date"] for row in international(place, day, day)] == there


def test_fractions_of_a_second_are_dropped() -> None:
    place = traffic.location()
    traffic.texts(place, utc("2026-05-31 23:59:59.999999"), MEXICO)
    assert international(place)[0]["Sent date"] == dt.datetime(2026, 5, 31, 23, 59, 59)


def test_a_late_message_stands_on_the_day_on_which_it_counts() -> None:
    place = traffic.location(starts_on=dt.date(2025, 5, 10))
    sent_at, told_at = utc("2026-05-09 10:00:00"), utc("2026-05-12 08:00:00")
    traffic.texts(place, utc("2026-05-01 00:00:00"), GERMANY)
    traffic.texts(place, sent_at, MEXICO, at=told_at)  # after the renewal on the 10th
    [row] = international(place, dt.date(2026, 5, 12), dt.date(2026, 5, 12))
    assert (row["Sent date"], row["Credits used"]) == (dt.datetime(2026, 5, 9, 10, 0), 7)
    assert international(place, dt.date(2026, 5, 9), dt.date(2026, 5, 9)) == []
    traffic.texts(place, utc("2026-05-11 10:00:00"), MEXICO)
    assert [row["Sent date"].day for row in international(place)] == [1, 11, 9]


def test_a_late_message_of_the_current_term_stands_on_the_day_it_was_sent() -> None:
    place = traffic.location()
    traffic.texts(place, utc("2026-05-09 10:00:00"), MEXICO, at=utc("2026-05-12 08:00:00"))
    [row] = international(place, dt.date(2026, 5, 9), dt.date(2026, 5, 9))
    assert row["Sent date"] == dt.datetime(2026, 5, 9, 10, 0)


def test_the_rows_of_any_days_cost_what_the_daily_table_says() -> None:
    place = traffic.location(time_zone="Pacific/Honolulu", starts_on=dt.date(2025, 5, 10))
    start = utc("2026-05-05 03:00:00")
    for hour in range(0, 240, 5):
        at = start + dt.timedelta(hours=hour)
        traffic.texts(place, at, MEXICO, SWEDEN, GERMANY)
        traffic.call(place, at, GERMANY, hour, at=at + dt.timedelta(hours=hour))
        traffic.chat(place, at, direction="inbound" if hour % 2 else "outbound")
    days = [dt.date(2026, 5, day) for day in range(4, 31)]
    for first_on, last_on in [
        *zip(days, days, strict=True),
        (days[0], days[-1]),
        (days[3], days[9]),
    ]:
        moved = daily_usage(place, first_on, last_on).total
        rows = international(place, first_on, last_on)
        assert sum(row["Credits used"] for row in rows) == -(moved.text + moved.voice)
        assert sum(row["Credits used"] for row in chats(place, first_on, last_on)) == -moved.chat
