"""The daily table's ranges, kinds, order and pages, and what makes no sense there."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.funding import adjust, purchase
from ledger.models import Balance
from locations.models import Location
from tests.factories import call, chat, key, make_card, make_location, make_member, text
from tests.reports.pages import field, links, rows, words
from tests.reports.pages import page as read

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
NEWEST_FIRST = ["Mon 15 Jun", "Fri 12 Jun", "Wed 10 Jun", "Fri 5 Jun", "Mon 1 Jun"]

pytestmark = pytest.mark.django_db


def on(day: int) -> dt.datetime:
    return dt.datetime(2026, 6, day, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    """Five days of June with one kind of movement each."""
    make_card()
    location = make_location(included=1000, starts_on=dt.date(2026, 6, 1))
    location.chat_inboxes.create(name="Front Desk")
    charge_broadcast(location.pk, "text", [text(sent_at=on(5))], key=key(), at=on(5))
    charge_broadcast(location.pk, "voice", [call(61, sent_at=on(10))], key=key(), at=on(10))
    charge_chat(location.pk, [chat(sent_at=on(12))], key=key(), at=on(12))
    purchase(location.pk, 500, key=key(), at=on(15), reference="Invoice 1")
    adjust(location.pk, -3, key=key(), at=on(15), reason="Test")
    return location


@pytest.fixture
def page(client: Client, location: Location) -> Any:
    client.force_login(make_member(location))

    def opened(**filters: Any) -> Any:
        answer = client.get(f"/locations/{location.pk}/credit-usage/", filters)
        assert answer.status_code == 200
        return answer

    return opened


def days(answer: Any) -> list[str]:
    return [row[0] for row in rows(answer)]


def test_default_is_thirty_days_newest_first(page: Any) -> None:
    answer = page()
    assert days(answer) == NEWEST_FIRST
    assert rows(answer, "tfoot") == [
        ["30 days", "+1,500", "−7", "−24", "−2", "−3", "+1,464", "1,464"]
    ]
    assert "Opening 0 + additions 1,500 − usage 33 − lapsed, other 3 = closing 1,464 ✓" in words(
        answer
    )


def test_a_range_of_days(page: Any) -> None:
    answer = page(first_on="2026-06-05", last_on="2026-06-10")
    assert days(answer) == ["Wed 10 Jun", "Fri 5 Jun"]
    assert rows(answer, "tfoot")[0][0] == "Total"
    assert "Opening 1,000 + additions 0 − usage 31 − lapsed, other 0 = closing 969 ✓" in words(
        answer
    )
    assert field(answer, "First day").value == "2026-06-05"
    assert field(answer, "Last day").value == "2026-06-10"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"first_on": "2026-06-10"}, NEWEST_FIRST[:3]),
        ({"last_on": "2026-06-05"}, NEWEST_FIRST[3:]),
        ({"range": "this-term"}, NEWEST_FIRST),
        ({"range": "90-days"}, NEWEST_FIRST),
        ({"range": "7-days"}, NEWEST_FIRST[:3]),
        ({"range": "month"}, NEWEST_FIRST),
        ({"range": "this-term", "first_on": "2026-06-12"}, NEWEST_FIRST[:2]),
        ({"kind": "text"}, ["Fri 5 Jun"]),
        ({"kind": ["voice", "chat"]}, ["Fri 12 Jun", "Wed 10 Jun"]),
        ({"kind": "additions"}, ["Mon 15 Jun", "Mon 1 Jun"]),
        ({"kind": "other"}, ["Mon 15 Jun"]),
        ({"sort": "day"}, NEWEST_FIRST[::-1]),
        ({"sort": "net"}, [NEWEST_FIRST[i] for i in (2, 3, 1, 0, 4)]),
        ({"sort": "-closing"}, [NEWEST_FIRST[i] for i in (0, 4, 3, 2, 1)]),
    ],
)
def test_filters_and_order(page: Any, filters: dict[str, Any], expected: list[str]) -> None:
    assert days(page(**filters)) == expected


def test_filter_by_kind_keeps_the_proof_of_the_whole_range(page: Any) -> None:
    answer = page(kind="text")
    assert rows(answer, "tfoot") == [["30 days", "none", "−7", "none", "none", "none", "−7", ""]]
    said = words(answer)
    assert "Only days with the ticked kinds are listed. All movements of the range:" in said
    assert "Opening 0 + additions 1,500 − usage 33 − lapsed, other 3 = closing 1,464 ✓" in said


def test_links_of_the_table_keep_the_filters(page: Any) -> None:
    answer = page(kind=["text", "chat"], quiet="1", sort="net")
    orders = [QueryDict(urlsplit(link).query) for link in read(answer).xpath("//thead//a/@href")]
    assert "-net" in [order["sort"] for order in orders]
    for order in orders:
        assert (order.getlist("kind"), order["quiet"]) == (["text", "chat"], "1")


def test_order_is_announced_to_screen_readers(page: Any) -> None:
    (head,) = read(page(sort="-net")).xpath("//th[@aria-sort]")
    assert (head.text_content().split()[0], head.get("aria-sort")) == ("Net", "descending")


def test_current_quick_range_is_marked(page: Any) -> None:
    def shown(**filters: Any) -> str:
        return str(read(page(**filters)).xpath('//a[@aria-current="true"]')[0].text_content())

    assert shown() == "30 days"
    assert shown(range="this-term") == "This term"
    assert shown(range="7-days") == "7 days"
    assert shown(range="month") == "Month"
    assert shown(month="2026-05") == "Month"
    assert shown(first_on="2026-06-01", last_on="2026-06-15") == "This term"
    assert shown(first_on="2026-05-01", last_on="2026-05-31") == "Month"
    assert shown(first_on="2026-06-02", last_on="2026-06-15") == "Custom"
    assert shown(range="custom") == "Custom"


@pytest.mark.parametrize(
    ("month", "expected", "label"),
    [
        ("2026-06", "1 Jun – 15 Jun 2026", "June 2026"),
        ("2026-05", "1 May – 31 May 2026", "May 2026"),
        ("2024-02", "1 Feb – 29 Feb 2024", "February 2024"),
        ("2026-12", "1 Dec – 31 Dec 2026", "December 2026"),
    ],
)
def test_a_calendar_month(page: Any, month: str, expected: str, label: str) -> None:
    said = words(page(month=month, quiet="1"))
    assert expected in said
    assert (label in said) == (month <= "2026-06")


def test_a_month_leads_to_its_neighbours_that_have_begun(page: Any) -> None:
    def neighbours(month: str) -> list[str]:
        answer = read(page(month=month))
        leading = answer.xpath('//a[@rel="prev" or @rel="next"]/@href')
        return [
            address.removeprefix("?month=").partition("#")[0]
            for address in leading
            if address.startswith("?month=")
        ]

    assert neighbours("2026-05") == ["2026-04", "2026-06"]
    assert neighbours("2026-06") == ["2026-05"]
    assert neighbours("2000-01") == ["2000-02"]


def test_days_win_over_a_month_and_a_month_over_a_range(page: Any) -> None:
    assert days(page(month="2026-06", first_on="2026-06-12")) == NEWEST_FIRST[:2]
    assert days(page(month="2026-06", range="7-days")) == NEWEST_FIRST


def test_days_without_movement_on_request(page: Any) -> None:
    answer = page(quiet="1", first_on="2026-06-04", last_on="2026-06-07")
    assert rows(answer) == [
        ["Sun 7 Jun", "none", "none", "none", "none", "none", "none", "993"],
        ["Sat 6 Jun", "none", "none", "none", "none", "none", "none", "993"],
        ["Fri 5 Jun", "none", "−7", "none", "none", "none", "−7", "993"],
        ["Thu 4 Jun", "none", "none", "none", "none", "none", "none", "1,000"],
    ]
    assert "Days without movement are listed too." in words(answer)
    assert len(days(page(quiet="1"))) == 30
    assert days(page(quiet="2")) == NEWEST_FIRST


def test_quiet_days_of_the_future_are_not_listed(page: Any) -> None:
    shown = days(page(quiet="1", first_on="2026-06-14", last_on="2026-07-14"))
    assert shown == ["Mon 15 Jun", "Sun 14 Jun"]


def test_a_day_on_which_all_was_refused_is_among_those_without_movement(
    page: Any, location: Location, client: Client
) -> None:
    refused = text("+4915123456789", sent_at=on(7))
    charge_broadcast(location.pk, "text", [refused], key=key(), at=on(7))
    assert "those with refused messages alone among them. List them too" in words(page())
    answer = page(quiet="1", first_on="2026-06-05", last_on="2026-06-07")
    assert "List them too" not in words(answer)
    addresses = [f"/locations/{location.pk}/credit-usage/days/2026-06-0{day}/" for day in (7, 6, 5)]
    assert [address for address in links(answer) if "/days/" in address] == addresses
    said = [words(client.get(address)) for address in addresses]
    assert "1 text to Germany Refused: No message of the request could be sent" in said[0]
    assert "Nothing was sent on this day" in said[1]
    assert "1 text to Mexico" in said[2]


def test_last_term(client: Client) -> None:
    location = make_location(included=1000, starts_on=dt.date(2025, 6, 10))
    client.force_login(make_member(location))
    answer = client.get(f"/locations/{location.pk}/credit-usage/", {"range": "last-term"})
    assert days(answer) == ["Tue 10 Jun 2025"]
    assert "10 Jun 2025 – 9 Jun 2026, UTC" in words(answer)


def test_a_long_table_has_pages(client: Client) -> None:
    location = make_location(included=1000)
    location.chat_inboxes.create(name="Front Desk")
    for back in range(70):
        at = NOW - dt.timedelta(days=back)
        charge_chat(location.pk, [chat(sent_at=at)], key=key(), at=at)
    client.force_login(make_member(location))

    def look(page: str) -> Any:
        return client.get(
            f"/locations/{location.pk}/credit-usage/", {"range": "90-days", "page": page}
        )

    assert [len(rows(look(page))) for page in "123"] == [31, 31, 8]
    assert rows(look("1"), "tfoot") == rows(look("3"), "tfoot")
    (current,) = read(look("2")).xpath('//*[@aria-current="page"][contains(., "Page")]')
    assert current.text_content() == "Page 2"
    assert "?range=90-days&page=3#days" in links(look("2"))
    for nonsense in ("0", "-1", "99999"):
        assert len(rows(look(nonsense))) == 8
    for nonsense in ("x", "\x00", "9" * 5000):
        assert len(rows(look(nonsense))) == 31


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"first_on": "2026-02-30"}, "Write a date like 2026-10-31."),
        ({"first_on": "yesterday"}, "Write a date like 2026-10-31."),
        ({"first_on": "1/6/2026"}, "Write a date like 2026-10-31."),
        ({"last_on": "2026-06-01\x00"}, "Write a date like 2026-10-31."),
        ({"last_on": "9" * 5000}, "Write a date like 2026-10-31."),
        ({"first_on": "1999-12-31"}, "Choose a day between 2000 and 2199."),
        ({"last_on": "9999-12-31"}, "Choose a day between 2000 and 2199."),
        ({"first_on": "0001-01-01"}, "Choose a day between 2000 and 2199."),
        (
            {"first_on": "2026-06-02", "last_on": "2026-06-01"},
            "The last day is before the first: swap them.",
        ),
        ({"first_on": "2016-06-01", "last_on": "2026-06-01"}, "That is more than ten years"),
        ({"kind": "sms"}, "Select a valid choice."),
        ({"kind": "\x00"}, "Select a valid choice."),
        ({"month": "June"}, "Write a month like 2026-10."),
        ({"month": "2026-13"}, "Write a month like 2026-10."),
        ({"month": "1999-12"}, "Choose a day between 2000 and 2199."),
        ({"range": "for-ever"}, "Select a valid choice."),
        ({"range": "last-term"}, "This location has no such term. Choose other days."),
    ],
)
def test_invalid_filters_have_an_error_and_a_way_out(
    page: Any, filters: dict[str, str], error: str
) -> None:
    answer = page(**filters)
    said = words(answer)
    assert error in said
    assert "No days are shown" in said
    assert "show the last 30 days" in said
    assert "<tbody" not in answer.text
    assert "1,464 credits available" in said


def test_ten_years_less_a_day_are_allowed(page: Any) -> None:
    assert days(page(first_on="2016-06-16", last_on="2026-06-15")) == NEWEST_FIRST


@pytest.mark.parametrize("sort", ["nothing", "--day", "day,net", "-", "\x00", "a" * 5000, "moved"])
def test_an_unknown_order_is_the_usual_one(page: Any, sort: str) -> None:
    assert days(page(sort=sort)) == NEWEST_FIRST


@pytest.mark.parametrize(
    "pk", ["9223372036854775807", "9223372036854775808", "9" * 300, "9" * 5000]
)
@pytest.mark.parametrize("page", ["", "credit-usage/", "reports/", "reports/newest/"])
def test_ids_beyond_any_location_are_not_found(client: Client, pk: str, page: str) -> None:
    client.force_login(make_member(make_location()))
    assert client.get(f"/locations/{pk}/{page}").status_code == 404


def test_every_default_table_closes_with_the_balance(page: Any, location: Location) -> None:
    balance = f"{Balance.objects.get(location=location).total:,}"
    for filters in ({}, {"range": "this-term"}, {"range": "90-days"}, {"first_on": "2026-06-15"}):
        assert rows(page(**filters))[0][-1] == balance
        assert rows(page(**filters), "tfoot")[0][-1] == balance
