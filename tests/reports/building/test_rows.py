"""What stands in a report: the columns of the help page, and every message of the days."""

import datetime as dt
from typing import Any

import pytest

from ledger.daily import daily_usage
from reports.models import ReportKind
from reports.rows import rows_of
from reports.rows.reading import country_and_code
from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, SWEDEN, utc

pytestmark = pytest.mark.django_db
MAY = (dt.date(2026, 5, 1), dt.date(2026, 5, 31))


def international(place: Any, first_on: dt.date = MAY[0], last_on: dt.date = MAY[1]) -> list[dict]:
    return _read(ReportKind.INTERNATIONAL, place, first_on, last_on)


def chats(place: Any, first_on: dt.date = MAY[0], last_on: dt.date = MAY[1]) -> list[dict]:
    return _read(ReportKind.CHAT, place, first_on, last_on)


def _read(kind: str, place: Any, first_on: dt.date, last_on: dt.date) -> list[dict]:
    found = rows_of(kind, place, first_on, last_on)
    titles = [column.title.split(" (")[0] for column in found.columns]
    assert found.columns[found.credits_at].title == "Credits used"
    rows = [dict(zip(titles, row, strict=True)) for row in found.rows]
    assert len(rows) == found.messages
    return rows


def test_the_international_columns_are_those_of_the_help_page() -> None:
    place = traffic.location(time_zone="America/Chicago", profile_fields=["Unique ID", "Region"])
    columns = rows_of(ReportKind.INTERNATIONAL, place, *MAY).columns
    assert [column.title for column in columns] == [
        "Unique ID",
        "Region",
        "Phone",
        "Country",
        "Channel",
        "Carrier type",
        "Message status",
        "Status details",
        "Status date (America/Chicago)",
        "Sent date (America/Chicago)",
        "Minutes",
        "Credits used",
    ]


def test_the_chat_columns_are_those_of_the_help_page() -> None:
    place = traffic.location(time_zone="Pacific/Honolulu")
    columns = rows_of(ReportKind.CHAT, place, *MAY).columns
    assert [column.title for column in columns] == [
        "Chat inbox name",
        "Message content",
        "Direction",
        "Date and time (Pacific/Honolulu)",
        "Phone number",
        "Credits used",
        "Text type",
        "Outcome",
    ]


def test_a_recipients_country_is_not_taken_for_that_of_the_number() -> None:
    place = traffic.location(profile_fields=["Country", "phone"])
    titles = [column.title for column in rows_of(ReportKind.INTERNATIONAL, place, *MAY).columns]
    assert titles[:4] == ["Country", "phone", "Phone (message)", "Country (message)"]


def test_a_text_as_the_report_shows_it() -> None:
    place = traffic.location()
    traffic.texts(
        place,
        utc("2026-05-04 10:00:00"),
        MEXICO,
        status="Delivered",
        status_detail="by carrier",
        status_at=utc("2026-05-04 10:00:09"),
        profile={"First Name": "Ada", "City": "Puebla", "Salary": "not shown"},
    )
    assert international(place) == [
        {
            "First Name": "Ada",
            "City": "Puebla",
            "Phone": MEXICO,
            "Country": "Mexico (MX)",
            "Channel": "Text",
            "Carrier type": "Mobile",
            "Message status": "Delivered",
            "Status details": "by carrier",
            "Status date": dt.datetime(2026, 5, 4, 10, 0, 9),
            "Sent date": dt.datetime(2026, 5, 4, 10, 0),
            "Minutes": None,
            "Credits used": 7,
        }
    ]


def test_calls_show_billed_minutes() -> None:
    place = traffic.location()
    for second, seconds in enumerate([0, 1, 60, 61]):
        traffic.call(place, utc(f"2026-05-04 10:00:0{second}"), GERMANY, seconds)
    rows = international(place)
    assert [(row["Minutes"], row["Credits used"]) for row in rows] == [
        (0, 0),
        (1, 29),
        (1, 29),
        (2, 58),
    ]
    assert {(row["Channel"], row["Country"]) for row in rows} == {("Voice call", "Germany (DE)")}


def test_a_chat_message_as_the_report_shows_it() -> None:
    place = traffic.location()
    traffic.chat(place, utc("2026-05-04 10:00:00"), "See picture", has_image=True)
    traffic.chat(place, utc("2026-05-04 10:01:00"), "Thanks", direction="inbound", inbox="Rooms")
    assert chats(place) == [
        {
            "Chat inbox name": "Front desk",
            "Message content": "See picture",
            "Direction": "Outbound",
            "Date and time": dt.datetime(2026, 5, 4, 10, 0),
            "Phone number": MEXICO,
            "Credits used": 4,
            "Text type": "MMS",
            "Outcome": "Charged",
        },
        {
            "Chat inbox name": "Rooms",
            "Message content": "Thanks",
            "Direction": "Inbound",
            "Date and time": dt.datetime(2026, 5, 4, 10, 1),
            "Phone number": MEXICO,
            "Credits used": 2,
            "Text type": "SMS",
            "Outcome": "Charged",
        },
    ]


def test_refused_messages_are_there_with_their_reason_and_cost_nothing() -> None:
    place = traffic.location(included=10)
    at = utc("2026-05-04 10:00:00")
    traffic.texts(place, at, SWEDEN, MEXICO, "12345", status="Sent", status_detail="by us")
    traffic.texts(place, utc("2026-05-04 11:00:00"), MEXICO, GERMANY)
    traffic.call(place, utc("2026-05-04 12:00:00"), MEXICO, 600)
    assert [
        (row["Message status"], row["Status details"], row["Minutes"], row["Credits used"])
        for row in international(place)
    ] == [
        ("Refused", "The rate card has no price for the destination", None, 0),
        ("Sent", "by us", None, 7),
        ("Refused", "Not a possible phone number", None, 0),
        ("Refused", "Not enough credits", None, 0),
        ("Refused", "Not enough credits", None, 0),
        ("Refused", "Not enough credits", 0, 0),
    ]
    traffic.chat(place, utc("2026-05-04 13:00:00"))
    traffic.chat(place, utc("2026-05-04 13:00:01"))
    assert [(row["Outcome"], row["Credits used"]) for row in chats(place)] == [
        ("Charged", 2),
        ("Refused: Not enough credits", 0),
    ]
    assert rows_of(ReportKind.CHAT, place, *MAY).refused == 1
    assert rows_of(ReportKind.INTERNATIONAL, place, *MAY).refused == 5


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


def test_profile_fields_come_as_they_were_and_in_the_locations_order() -> None:
    fields = ["City", "1", "Missing", 'it\'s "quoted" {a,b}', "First Name"]
    place = traffic.location(profile_fields=fields)
    profile = {"First Name": "Ada", "1": "one", "City": "=Puebla", 'it\'s "quoted" {a,b}': "x"}
    traffic.texts(place, utc("2026-05-04 10:00:00"), MEXICO, profile=profile)
    found = rows_of(ReportKind.INTERNATIONAL, place, *MAY)
    assert [column.title for column in found.columns[:5]] == fields
    assert next(found.rows)[:5] == ("=Puebla", "one", None, "x", "Ada")


def test_other_locations_messages_are_not_there() -> None:
    place, other = traffic.location(), traffic.location(name="Other")
    traffic.texts(other, utc("2026-05-04 10:00:00"), MEXICO)
    traffic.chat(other, utc("2026-05-04 10:00:00"))
    assert (international(place), chats(place)) == ([], [])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("DE", "Germany (DE)"),
        ("MX", "Mexico (MX)"),
        ("XK", "Kosovo (XK)"),
        ("001", "International networks (001)"),
        ("QQ", "QQ"),
        ("", ""),
    ],
)
def test_countries_have_names(code: str, expected: str) -> None:
    assert country_and_code(code) == expected
