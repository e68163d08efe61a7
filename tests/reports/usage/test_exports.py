"""The listed days as CSV and Excel, and as a statement."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from ledger.engine.charging import charge_broadcast, charge_chat
from ledger.engine.funding import adjust, purchase
from locations.downloads import csv_cell
from locations.models import Location, Role
from tests.factories import chat, key, make_account, make_card, make_location, make_member, text
from tests.reports.pages import links, words

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
HEAD = ["Day", "Additions", "Texts", "Calls", "Chat", "Lapsed, other", "Net", "Closing balance"]

pytestmark = pytest.mark.django_db


def at(month: int, day: int) -> dt.datetime:
    return dt.datetime(2026, month, day, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def location() -> Location:
    make_card()
    location = make_location(
        name="Café = Ünal/1",
        account=make_account("=SUM(A1)"),
        included=1000,
        starts_on=dt.date(2026, 5, 1),
        time_zone="Europe/Berlin",
    )
    location.chat_inboxes.create(name="Front Desk")
    charge_chat(location.pk, [chat(sent_at=at(5, 20))], key=key(), at=at(5, 20))
    charge_broadcast(location.pk, "text", [text(sent_at=at(6, 5))], key=key(), at=at(6, 5))
    purchase(location.pk, 500, key=key(), at=at(6, 10), reference="Invoice 1")
    adjust(location.pk, -3, key=key(), at=at(6, 10), reason="Test")
    return location


@pytest.fixture
def ask(client: Client, location: Location) -> Any:
    client.force_login(make_member(location))

    def asked(what: str, **filters: Any) -> Any:
        return client.get(f"/locations/{location.pk}/credit-usage/{what}", filters)

    return asked


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"), newline="")))


def test_csv_has_the_days_their_sums_and_both_balances(ask: Any) -> None:
    assert lines(ask("days.csv", range="this-term")) == [
        HEAD,
        ["2026-06-10", "500", "0", "0", "0", "-3", "497", "1488"],
        ["2026-06-05", "0", "-7", "0", "0", "0", "-7", "991"],
        ["2026-05-20", "0", "0", "0", "-2", "0", "-2", "998"],
        ["2026-05-01", "1000", "0", "0", "0", "0", "1000", "1000"],
        ["Total", "1500", "-7", "0", "-2", "-3", "1488", ""],
        ["Opening balance", "", "", "", "", "", "", "0"],
        ["Closing balance", "", "", "", "", "", "", "1488"],
    ]


def test_csv_follows_kinds_order_and_quiet_days(ask: Any) -> None:
    shown = lines(ask("days.csv", month="2026-06", kind="text", sort="day", page="2", quiet="1"))
    assert [line[0] for line in shown[1:]] == [
        *(f"2026-06-{day:02}" for day in range(1, 16) if day != 10),
        "Total",
        "All movements",
        "Opening balance",
        "Closing balance",
    ]
    assert shown[-4][1:7] == ["0", "-7", "0", "0", "0", "-7"]
    assert shown[-3][1:7] == ["500", "-7", "0", "0", "-3", "490"]


def test_all_pages_go_into_a_file(ask: Any) -> None:
    shown = lines(ask("days.csv", range="this-term", quiet="1"))
    assert len(shown) == 1 + 46 + 3


def test_file_is_named_by_location_and_days_and_not_cached(ask: Any) -> None:
    for ending, content_type in (
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        answer = ask(f"days.{ending}", month="2026-06")
        assert answer["Content-Type"] == content_type
        assert "attachment" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        assert "2026-06-01_2026-06-15" in answer["Content-Disposition"]
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert body(ask("days.csv"))[:3] == b"\xef\xbb\xbf"


def test_a_range_from_the_beginning_is_named_by_its_first_movement(ask: Any) -> None:
    answer = ask("days.csv", last_on="2026-06-01")
    assert "_2026-05-01_2026-06-01.csv" in answer["Content-Disposition"]


def test_workbook_has_the_same_days_and_a_summary(ask: Any) -> None:
    answer = ask("days.xlsx", range="this-term", kind=["text", "chat"])
    book = load_workbook(io.BytesIO(body(answer)))
    assert book.sheetnames == ["Summary", "Days"]
    assert [[cell.value for cell in row] for row in book["Days"]] == [
        HEAD,
        [dt.datetime(2026, 6, 5), 0, -7, 0, 0, 0, -7, 991],
        [dt.datetime(2026, 5, 20), 0, 0, 0, -2, 0, -2, 998],
    ]
    summary = [tuple(row) for row in book["Summary"].iter_rows(min_row=2, values_only=True)]
    assert summary == [
        ("Account", "=SUM(A1)"),
        ("Location", "Café = Ünal/1"),
        ("First day", dt.datetime(2026, 5, 1)),
        ("Last day (included)", dt.datetime(2026, 6, 15)),
        ("Time zone", "Europe/Berlin"),
        ("As of (Europe/Berlin)", dt.datetime(2026, 6, 15, 14)),
        ("Only days with", "Texts, Chat"),
        ("Days without movement", "Left out"),
        ("Days listed", 2),
        ("Opening balance", 0),
        ("Additions, on the days listed", 0),
        ("Texts, on the days listed", -7),
        ("Calls, on the days listed", 0),
        ("Chat, on the days listed", -2),
        ("Lapsed, other, on the days listed", 0),
        ("Net, on the days listed", -9),
        ("Additions", 1500),
        ("Texts", -7),
        ("Calls", 0),
        ("Chat", -2),
        ("Lapsed, other", -3),
        ("Net", 1488),
        ("Closing balance", 1488),
    ]
    assert book["Summary"]["B2"].data_type == "s"


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1+1", "'=1+1"), ("+1x", "'+1x"), ("-1", "'-1"), ("@x", "'@x"), ("\r=1", "\n'=1")],
)
def test_no_text_of_a_csv_is_calculated(text: str, written: str) -> None:
    assert csv_cell(text) == written
    assert [csv_cell("Total"), csv_cell(-7), csv_cell(None)] == ["Total", -7, None]


def test_nothing_moved_is_a_file_with_its_sums(ask: Any) -> None:
    assert lines(ask("days.csv", month="2026-04")) == [
        HEAD,
        ["Total", "0", "0", "0", "0", "0", "0", ""],
        ["Opening balance", "", "", "", "", "", "", "0"],
        ["Closing balance", "", "", "", "", "", "", "0"],
    ]
    book = load_workbook(io.BytesIO(body(ask("days.xlsx", month="2026-04"))))
    assert [[cell.value for cell in row] for row in book["Days"]] == [HEAD]


def test_the_statement_goes_from_opening_to_closing_by_month(ask: Any) -> None:
    answer = ask("statement/", first_on="2026-05-15", last_on="2026-06-30")
    said = re.sub(r"– none", "–", words(answer))
    assert "Café = Ünal/1 =SUM(A1) Days 15 May – 30 Jun 2026 Time zone Europe/Berlin" in said
    assert "As of 15 Jun 2026, 14:00 CEST" in said
    assert "15 May – 31 May 2026 Opening 1,000 Wed 20 May – – – −2 – −2 998" in said
    assert "Sum of 15 May – 31 May 2026 – – – −2 – −2 998" in said
    assert "1 Jun – 15 Jun 2026 Opening 998 Fri 5 Jun – −7 – – – −7 991" in said
    assert "Wed 10 Jun +500 – – – −3 +497 1,488" in said
    assert "All movements +500 −7 – −2 −3 +488 1,488" in said
    assert "Opening 1,000 + additions 500 − usage 9 − lapsed, other 3 = closing 1,488 ✓" in said


def test_whole_month_has_its_name_as_label(ask: Any) -> None:
    for filters in ({"range": "this-term"}, {"last_on": "2026-06-30"}):
        assert "Sum of May 2026" in words(ask("statement/", **filters))


def test_a_statement_of_some_kinds_keeps_every_balance(ask: Any) -> None:
    said = re.sub(r"– none", "–", words(ask("statement/", range="this-term", kind="text")))
    assert "Only days with: Texts. Opening and closing balances" in said
    assert "May 2026 Opening 0 All movements +1,000 – – −2 – +998 998" in said
    assert "Days listed – −7 – – – −7 All movements +500 −7 – – −3 +490 1,488" in said


def test_statement_without_days_has_a_notice(ask: Any) -> None:
    said = words(ask("statement/", month="2026-04"))
    assert "No credits moved in these days" in said
    assert "The balance was 0 all the time." in said


@pytest.mark.parametrize("what", ["days.csv", "days.xlsx", "statement/"])
def test_filters_that_make_no_sense_lead_back_to_the_page(ask: Any, what: str) -> None:
    answer = ask(what, first_on="2026-02-30")
    assert answer.status_code == 302
    assert answer.url.endswith("/credit-usage/?first_on=2026-02-30#filters")


@pytest.mark.parametrize("what", ["days.csv", "days.xlsx", "statement/"])
def test_only_permitted_roles_can_download_days(client: Client, what: str) -> None:
    location = make_location()
    address = f"/locations/{location.pk}/credit-usage/{what}"
    assert client.get(address).status_code == 302
    client.force_login(make_member(location, Role.EDITOR))
    assert client.get(address).status_code == 403
    client.force_login(make_member(make_location()))
    assert client.get(address).status_code == 404
    client.force_login(make_member(location))
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_download_links_keep_the_filters(ask: Any, location: Location) -> None:
    page = ask("", kind="text", sort="-net", page="1", chart="cumulative", quiet="1")
    base = f"/locations/{location.pk}/credit-usage/"
    for link in (
        "days.csv?kind=text&sort=-net&quiet=1",
        "days.xlsx?kind=text&sort=-net&quiet=1",
        "statement/?kind=text&quiet=1",
    ):
        assert f"{base}{link}" in links(page)
