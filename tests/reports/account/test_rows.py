"""All locations of an account in one table: who sees it, what it says, and what it costs."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from ledger.engine.charging import charge_chat
from ledger.engine.funding import adjust
from ledger.reading.daily_usage import daily_usage
from locations.formatting.dates import format_short_date
from locations.models import Account, Location, Role
from reports.balance.summary import balance_summary
from reports.forecast.forecast import DAY, HISTORY_DAYS, forecast
from reports.models import LocationDailyRate
from tests.databases import Clone
from tests.factories import NOON, chat, key, make_account, make_location, make_member, make_user
from tests.reports.pages import actions, links, rows, words


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def chats(location: Location, days: int, a_day: int) -> None:
    location.chat_inboxes.get_or_create(name="Front Desk")
    for ago in range(days, 0, -1):
        at = NOON - ago * DAY
        messages = [chat("inbound", sent_at=at) for _ in range(a_day)]
        charge_chat(location.pk, messages, key=key(), at=at)


def take(location: Location, credits: int) -> None:
    adjust(location.pk, -credits, bucket="contract", key=key(), at=NOON, reason="Test")


@pytest.fixture
def account(db: None) -> Account:
    """Five locations, one in each state."""
    account = make_account("Harbor & Sons")
    chats(make_location(name="Enough", account=account, included=1000), 40, 3)
    take(make_location(name="Low", account=account, included=1000), 950)
    take(make_location(name="Out", account=account, included=1000), 1000)
    chats(make_location(name="=Over", account=account, included=10), 3, 3)
    make_location(name="New", account=account, included=None)
    make_location(name="Elsewhere")
    return account


@pytest.fixture
def admin(client: Client, account: Account) -> Client:
    first = account.locations.order_by("pk").first()
    assert first is not None
    client.force_login(make_member(first, Role.ACCOUNT_ADMIN))
    return client


def cells(answer: Any) -> dict[str, list[str]]:
    heads = ("Used in 30 days", "Runs out on", "Renews on")
    table = {}
    for row in rows(answer):
        plain = [
            next((c.removeprefix(h).strip() for h in heads if c.startswith(h)), c) for c in row
        ]
        table[plain[0]] = plain[1:]
    return table


def test_each_row_has_balance_usage_and_forecast(admin: Client, account: Account) -> None:
    answer = admin.get(f"/accounts/{account.pk}/")
    renews = "1 Jan 2027"
    assert cells(answer) == {
        "=Over": ["−8", "18", "nothing left", renews, "Overdrawn"],
        "Enough": ["760", "174", "19 Oct 2026", renews, "Enough"],
        "Low": ["50", "0", "too little history", renews, "Low"],
        "New": ["0", "0", "–", "no contract", "No credits yet"],
        "Out": ["0", "0", "nothing left", renews, "None left"],
    }
    assert "5 locations" in words(answer)


def test_the_days_are_those_of_credit_usage(account: Account, admin: Client) -> None:
    place = account.locations.get(name="Enough")
    summary = balance_summary(place, at=NOON)
    expected = forecast(daily_usage(place, summary.today - HISTORY_DAYS * DAY), summary)
    assert expected.likely is not None
    assert expected.likely.runs_out_on == dt.date(2026, 10, 19)


def test_forecast_follows_the_balance(account: Account, admin: Client) -> None:
    place = account.locations.get(name="Enough")
    for taken in (0, 700, 40):
        if taken:
            take(place, taken)
        summary = balance_summary(place, at=NOON)
        expected = forecast(daily_usage(place, summary.today - HISTORY_DAYS * DAY), summary).likely
        assert expected is not None
        assert expected.runs_out_on is not None
        for _ in range(2):
            shown = cells(admin.get(f"/accounts/{account.pk}/?sort=runs_out"))["Enough"]
            assert shown[2] == format_short_date(expected.runs_out_on)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ACCOUNT_ADMIN, 200),
        (Role.SUPER_ADMIN, 404),
        (Role.ADMIN, 404),
        (Role.EDITOR, 404),
        (Role.CHAT_AGENT, 404),
        ("another account's admin", 404),
        ("staff", 200),
        ("nobody", 302),
    ],
)
def test_permitted_roles_can_open_an_account(
    client: Client, account: Account, role: str, status: int
) -> None:
    place = account.locations.order_by("pk")[0]
    if role == "staff":
        client.force_login(make_user(is_staff=True))
    elif role == "another account's admin":
        client.force_login(make_member(make_location(), Role.ACCOUNT_ADMIN))
    elif role != "nobody":
        client.force_login(make_member(place, role))
    paths = ("", "locations.csv", "locations.xlsx")
    answers = [client.get(f"/accounts/{account.pk}/{path}").status_code for path in paths]
    assert answers == [status] * 3
    linked = client.get(f"/locations/{place.pk}/credit-usage/")
    assert ("Side by side" in linked.text) == (status == 200)


def test_unknown_account_is_not_found(admin: Client) -> None:
    assert admin.get("/accounts/999999/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", ["=Over", "Enough", "Low", "New", "Out"]),
        ("sort=-name", ["Out", "New", "Low", "Enough", "=Over"]),
        ("sort=available", ["=Over", "New", "Out", "Low", "Enough"]),
        ("sort=-used", ["Enough", "=Over", "Low", "New", "Out"]),
        ("sort=runs_out", ["=Over", "Out", "Enough", "Low", "New"]),
        ("sort=-renews", ["New", "=Over", "Enough", "Low", "Out"]),
        ("sort=state", ["=Over", "Out", "Low", "New", "Enough"]),
        ("sort=password", ["=Over", "Enough", "Low", "New", "Out"]),
        ("q=OU", ["Enough", "Out"]),
        ("state=low", ["Low"]),
        ("state=out&q=e", []),
        ("state=nonsense", ["=Over", "Enough", "Low", "New", "Out"]),
        ("page=99999999999999999999", ["=Over", "Enough", "Low", "New", "Out"]),
        ("q=%00", ["=Over", "Enough", "Low", "New", "Out"]),
    ],
)
def test_sorted_and_filtered_and_the_file_is_the_same(
    admin: Client, account: Account, asked: str, names: list[str]
) -> None:
    answer = admin.get(f"/accounts/{account.pk}/?{asked}")
    shown = list(cells(answer)) if names else []
    assert shown == names
    file = admin.get(f"/accounts/{account.pk}/locations.csv?{asked}")
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = list(csv.reader(io.StringIO(text)))
    assert [line[0].removeprefix("'") for line in lines[1:]] == names


def test_the_file_holds_figures_and_no_formulas(admin: Client, account: Account) -> None:
    file = admin.get(f"/accounts/{account.pk}/locations.csv")
    assert file["Content-Disposition"].startswith("attachment; filename=")
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[:3] == [
        [
            "Location",
            "Available",
            "Used in 30 days",
            "Runs out on",
            "Renews on",
            "State",
            "Time zone",
        ],
        ["'=Over", "-8", "18", "", "2027-01-01", "Overdrawn", "UTC"],
        ["Enough", "760", "174", "2026-10-19", "2027-01-01", "Enough", "UTC"],
    ]


def test_the_workbook_holds_the_same_with_a_summary(admin: Client, account: Account) -> None:
    file = admin.get(f"/accounts/{account.pk}/locations.xlsx?q=e&sort=-used")
    assert file["Content-Disposition"] == (
        'attachment; filename="Harbor-Sons_Locations_2026-06-15.xlsx"'
    )
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    book = load_workbook(io.BytesIO(content))
    assert [[cell.value for cell in row] for row in book["Locations"].iter_rows()] == [
        [
            "Location",
            "Available",
            "Used in 30 days",
            "Runs out on",
            "Renews on",
            "State",
            "Time zone",
        ],
        ["Enough", 760, 174, dt.datetime(2026, 10, 19), dt.datetime(2027, 1, 1), "Enough", "UTC"],
        ["=Over", -8, 18, None, dt.datetime(2027, 1, 1), "Overdrawn", "UTC"],
        ["New", 0, 0, None, None, "No credits yet", "UTC"],
    ]
    summary = {row[0].value: row[1].value for row in book["Summary"].iter_rows() if row[0].value}
    assert summary["Account"] == "Harbor & Sons"
    assert summary["Only locations with"] == "e"
    assert summary["Available, in all"] == 752
    assert summary["Used in 30 days, in all"] == 192


def test_chooser_and_locations_menu_link_to_the_account(admin: Client, account: Account) -> None:
    assert f"/accounts/{account.pk}/" in links(admin.get("/"))
    place = account.locations.order_by("pk")[0]
    usage = admin.get(f"/locations/{place.pk}/credit-usage/")
    assert f"/accounts/{account.pk}/" in links(usage)
    assert "/" in actions(usage)


def test_sorting_keeps_the_search_and_begins_at_the_first_page(
    admin: Client, account: Account
) -> None:
    make_location(name="Salt & Pepper", account=account)
    found = links(admin.get(f"/accounts/{account.pk}/", {"q": "t & p", "page": "3"}))
    orders = [QueryDict(urlsplit(link).query) for link in found if "sort=" in link]
    assert "available" in {order["sort"] for order in orders}
    assert {(order.get("q"), order.get("page")) for order in orders} == {("t & p", None)}


def test_pages_and_queries_do_not_depend_on_how_many_there_are(cloned_database: Clone) -> None:
    """Whatever it is sorted by; also where no pace is remembered, which takes a few more."""
    remembered, anew = {}, {}
    for number in (1, 3, 50):
        account = make_account()
        for n in range(number):
            make_location(name=f"Place {n:02}", account=account)
        first = account.locations.order_by("pk")[0]
        client = Client()
        client.force_login(make_member(first, Role.ACCOUNT_ADMIN))
        address = f"/accounts/{account.pk}/"
        for counts in (anew, remembered):
            for order in ("used", "state"):  # grants the terms, and reads them and all days
                client.get(f"{address}?sort={order}")
            for asked in (
                "?sort=runs_out",
                "?sort=-used",
                "",
                "?sort=state",
                "?state=fine&q=place",
            ):
                if counts is anew:
                    LocationDailyRate.objects.all().delete()
                with CaptureQueriesContext(connection) as queries:
                    answer = client.get(address + asked)
                assert len(rows(answer)) == min(number, 25)
                counts[number, asked] = len(queries)
    for counts in (remembered, anew):
        assert len(set(counts.values())) == 1, counts
