"""What stands in a report: the columns of the help page, and every message."""

import datetime as dt

import pytest

from reports.exports.kinds import read_rows
from reports.exports.kinds.base import format_country
from reports.models import ReportKind
from tests.reports import traffic
from tests.reports.exports.messages import MAY, chats, international
from tests.reports.traffic import GERMANY, MEXICO, SWEDEN, utc

pytestmark = pytest.mark.django_db


def test_the_international_columns_are_those_of_the_help_page() -> None:
    place = traffic.location(time_zone="America/Chicago", profile_fields=["Unique ID", "Region"])
    columns = read_rows(ReportKind.INTERNATIONAL, place, *MAY).columns
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
    columns = read_rows(ReportKind.CHAT, place, *MAY).columns
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
    titles = [column.title for column in read_rows(ReportKind.INTERNATIONAL, place, *MAY).columns]
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
    assert read_rows(ReportKind.CHAT, place, *MAY).refused == 1
    assert read_rows(ReportKind.INTERNATIONAL, place, *MAY).refused == 5


def test_profile_fields_come_as_they_were_and_in_the_locations_order() -> None:
    fields = ["City", "1", "Missing", 'it\'s "quoted" {a,b}', "First Name"]
    place = traffic.location(profile_fields=fields)
    profile = {"First Name": "Ada", "1": "one", "City": "=Puebla", 'it\'s "quoted" {a,b}': "x"}
    traffic.texts(place, utc("2026-05-04 10:00:00"), MEXICO, profile=profile)
    found = read_rows(ReportKind.INTERNATIONAL, place, *MAY)
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
    assert format_country(code) == expected
