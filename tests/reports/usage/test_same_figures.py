"""Page = CSV = XLSX = statement = API = the sum of the entries, whatever is asked for.

A year of traffic is replayed through the functions of the product, in a zone with
summer time, over two renewals; then ranges, kinds and orders are drawn by chance.
"""

import csv
import datetime as dt
import io
import random
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import time_machine
from django.db.models import F, Sum
from django.test import Client
from openpyxl import load_workbook

from ledger.api import tokens
from ledger.engine.funding import adjust
from ledger.engine.reversals import reverse
from ledger.models import Charge, Entry, Scope
from ledger.replay.events import (
    Event,
    RecordedBroadcast,
    RecordedChat,
    RecordedLocation,
    RecordedPurchase,
    sort_events,
)
from ledger.replay.replay import create_missing, replay
from locations.models import Location
from tests.factories import FRANCE, MEXICO, call, chat, key, make_card, make_member, text
from tests.proving import short_or_full
from tests.reports.pages import links, rows, table_rows, words
from tests.reports.pages import page as read

NOW = dt.datetime(2026, 6, 15, 3, tzinfo=dt.UTC)  # the evening before in Chicago
BEGAN_ON = dt.date(2025, 5, 5)
PLACE = RecordedLocation(
    "Harbor Hotels", "Dallas", "America/Chicago", BEGAN_ON, 6, 900, 50, (), ("Desk",)
)
KINDS = ["text", "voice", "chat", "additions", "other"]
RANGES = ["this-term", "last-term", "7-days", "30-days", "90-days", "month"]
ORDERS = ["day", "-day", "net", "-net", "closing", "-chat", "additions", "-text", "nonsense"]
CASES = short_or_full(12, 50)

Line = tuple[dt.date, int, int, int, int, int, int, int]

pytestmark = [pytest.mark.django_db, pytest.mark.proof]


def traffic(chance: random.Random) -> Iterator[Event]:
    """Some 180 events, at any hour; the chats run the location into its debts."""
    for number in range(180):
        at = NOW - dt.timedelta(minutes=chance.randrange(1, 400 * 24 * 60))
        what = chance.random()
        if what < 0.03:
            yield RecordedPurchase("Dallas", at, chance.choice([200, 500]), f"Invoice {number}")
        elif what < 0.35:
            phones = chance.choices([MEXICO, FRANCE], k=chance.randrange(1, 5))
            texts = tuple(text(phone, sent_at=at) for phone in phones)
            yield RecordedBroadcast("Dallas", f"b{number}", "text", texts)
        elif what < 0.5:
            calls = (call(chance.randrange(200), sent_at=at),)
            yield RecordedBroadcast("Dallas", f"b{number}", "voice", calls)
        else:
            direction = chance.choice(["inbound", "outbound"])
            yield RecordedChat("Dallas", (chat(direction, sent_at=at, inbox="Desk"),))


@pytest.fixture(scope="module")
def chance() -> random.Random:
    return random.Random(20260615)


@pytest.fixture
def location(chance: random.Random) -> Location:
    make_card()
    locations = create_missing([PLACE])
    replay(locations, sort_events(list(traffic(chance))), until=NOW)
    location = locations["Dallas"]
    for charge in Charge.objects.filter(location=location, entries__kind="international_text")[:3]:
        reverse(location.pk, charge.pk, key=key(), at=NOW, reason="Sent in error")
    adjust(location.pk, 40, key=key(), at=NOW, reason="Goodwill")
    adjust(location.pk, -7, key=key(), at=NOW, reason="Correction")
    return location


def asked_for(chance: random.Random) -> dict[str, Any]:
    """Filters, order and quiet days as an address might have them."""
    today = dt.date(2026, 6, 14)
    asked: dict[str, Any] = {}
    way = chance.random()
    if way < 0.35:
        asked["range"] = chance.choice(RANGES)
    elif way < 0.5:
        asked["month"] = f"{chance.choice([2025, 2026])}-{chance.randrange(1, 13):02}"
    else:
        days = sorted(today - dt.timedelta(days=chance.randrange(-20, 450)) for _ in range(2))
        ends = chance.choice([("first_on", "last_on")] * 4 + [("first_on",), ("last_on",)])
        asked |= {end: days[end == "last_on"].isoformat() for end in ends}
    if chance.random() < 0.5:
        asked["kind"] = chance.sample(KINDS, chance.randrange(1, 4))
    if chance.random() < 0.4:
        asked["quiet"] = "1"
    if chance.random() < 0.8:
        asked["sort"] = chance.choice(ORDERS)
    return asked


# --- One reader for each way to see the days --------------------------------------------------


def figure(written: str) -> int:
    written = written.replace(",", "").replace("−", "-").replace("+", "")
    return 0 if written in ("", "none") else int(written)


def of_page(client: Client, base: str, asked: dict[str, Any]) -> tuple[list[Line], list[int]]:
    """The lines of all pages, and opening, additions, usage, other and closing of the proof."""
    lines: list[Line] = []
    for number in range(1, 100):
        answer = client.get(base, {**asked, "page": number})
        if "<tbody" in answer.text:
            lines += map(page_line, rows(answer))
        if not any(f"page={number + 1}" in address for address in links(answer)):
            break
    return lines, proof(answer)


def page_line(cells: list[str]) -> Line:
    day = dt.datetime.strptime(
        cells[0] if len(cells[0]) > 10 else f"{cells[0]} 2026", "%a %d %b %Y"
    )
    return (day.date(), *map(figure, cells[1:]))  # type: ignore[return-value]


def proof(answer: Any) -> list[int]:
    said = re.search(
        r"Opening ([−\d,]+) \+ additions ([\d,]+) − usage ([\d,]+) − lapsed, other ([\d,]+)"
        r" = closing ([−\d,]+) ✓",
        words(answer),
    )
    return [figure(part) for part in said.groups()] if said else []


def of_csv(client: Client, base: str, asked: dict[str, Any]) -> tuple[list[Line], int, int]:
    content = b"".join(client.get(f"{base}days.csv", asked).streaming_content)
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    days = [line for line in lines if re.match(r"\d{4}-", line[0])]
    balances = {line[0]: int(line[7]) for line in lines if line[7]}
    return (
        [(dt.date.fromisoformat(day), *map(int, figures)) for day, *figures in days],  # type: ignore[misc]
        balances["Opening balance"],
        balances["Closing balance"],
    )


def of_xlsx(client: Client, base: str, asked: dict[str, Any]) -> tuple[list[Line], int, int]:
    content = b"".join(client.get(f"{base}days.xlsx", asked).streaming_content)
    book = load_workbook(io.BytesIO(content), read_only=True)
    days = list(book["Days"].iter_rows(min_row=2, values_only=True))
    said = dict(book["Summary"].iter_rows(min_row=2, max_col=2, values_only=True))
    book.close()
    lines: Any = [(day.date(), *figures) for day, *figures in days]
    return lines, said["Opening balance"], said["Closing balance"]


def of_statement(client: Client, base: str, asked: dict[str, Any]) -> tuple[list[Line], list[int]]:
    answer = client.get(f"{base}statement/", asked)
    lines = []
    # Months stand oldest first; a line of a day says no year, that of its month does.
    for month in read(answer).xpath("//tbody[.//th[@scope='rowgroup']]"):
        (head, *_), *days = table_rows(month)
        lines += [
            page_line([f"{day} {head[-4:]}", *figures])
            for day, *figures in days
            if re.fullmatch(r"\w{3} \d{1,2} \w{3}", day)
        ]
    return lines, proof(answer)


def of_api(client: Client, location: Location, token: str, asked: dict[str, str]) -> Any:
    answer = client.get(
        f"/api/v1/locations/{location.pk}/daily-usage",
        asked,
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def of_entries(
    location: Location, first_on: dt.date | None, last_on: dt.date
) -> tuple[list[Line], int, int]:
    """The days of a range from the entries themselves, added up one by one."""
    entries = Entry.objects.filter(location=location).order_by("day", "number")
    opening = closing = 0
    days: dict[dt.date, list[int]] = {}
    for entry in entries:
        credits = entry.credits
        if first_on is not None and entry.day < first_on:
            opening += credits
        elif entry.day <= last_on:
            figures = days.setdefault(entry.day, [0] * 5)
            figures[column_of(entry)] += credits
    lines: list[Line] = []
    closing = opening
    for day, figures in days.items():
        closing += sum(figures)
        lines.append((day, *figures, sum(figures), closing))  # type: ignore[arg-type]
    return lines, opening, closing


def column_of(entry: Entry) -> int:
    """Additions, texts, calls, chat, lapsed and other, in the order of docs/domain.md, rule 19."""
    usage = {"international_text": 1, "international_voice": 2, "chat": 3}
    if entry.kind in usage:
        return usage[entry.kind]
    takes = entry.kind == "contract_expiry" or (entry.kind == "adjustment" and entry.credits < 0)
    return 4 if takes else 0


# --- The property -----------------------------------------------------------------------------


def listed(lines: Iterable[Line], kinds: list[str]) -> list[Line]:
    columns = {"additions": 1, "text": 2, "voice": 3, "chat": 4, "other": 5}
    return [line for line in lines if not kinds or any(line[columns[kind]] for kind in kinds)]


def test_page_files_statement_and_api_have_the_same_figures(
    client: Client, location: Location, chance: random.Random
) -> None:
    client.force_login(make_member(location))
    token = tokens.create("Figures", at=NOW, scopes=[Scope.READ], location=location).secret
    base = f"/locations/{location.pk}/credit-usage/"
    balance = Entry.objects.filter(location=location).aggregate(
        sum=Sum(F("contract_delta") + F("purchased_delta"))
    )["sum"]
    seen = 0
    with time_machine.travel(NOW, tick=False):
        for _ in range(CASES):
            asked = asked_for(chance)
            seen += compare(client, location, base, token, asked, balance)
    assert seen > 20 * CASES  # lines compared: the draws were not all empty


def compare(
    client: Client, location: Location, base: str, token: str, asked: dict[str, Any], balance: int
) -> int:
    page = client.get(base, asked).context["page"]
    first_on, last_on = page.filter.days
    entries, opening, closing = of_entries(location, first_on, last_on)
    if last_on >= dt.date(2026, 6, 14):
        assert closing == balance

    lines, proved = of_page(client, base, asked)
    csv_lines, *csv_balances = of_csv(client, base, asked)
    xlsx_lines, *xlsx_balances = of_xlsx(client, base, asked)
    statement_lines, statement_proved = of_statement(client, base, asked)
    range_asked = {"to": last_on.isoformat()} | ({"from": first_on.isoformat()} if first_on else {})
    api = of_api(client, location, token, range_asked)

    # The same lines in the same order, and of the statement oldest first.
    assert lines == csv_lines == xlsx_lines, asked
    assert statement_lines == sorted(lines), asked
    # Those of the entries, beside which there are only days on which nothing moved.
    moved = listed(entries, asked.get("kind", []))
    assert [line for line in sorted(lines) if any(line[1:6])] == moved, asked
    assert (len(lines) > len(moved)) <= ("quiet" in asked)
    assert entries == [
        (
            dt.date.fromisoformat(day["day"]),
            day["additions"],
            day["international_text"],
            day["international_voice"],
            day["chat"],
            day["other_deductions"],
            day["net"],
            day["closing"],
        )
        for day in api["days"]
    ]
    # The same balances and sums.
    assert csv_balances == xlsx_balances == [api["opening"], api["closing"]] == [opening, closing]
    sums = [sum(line[column] for line in entries) for column in range(1, 6)]
    proof_of_entries = [opening, sums[0], -sum(sums[1:4]), -sums[4], closing]
    assert statement_proved == proof_of_entries, asked
    assert proved in ([], proof_of_entries)
    assert bool(proved) == bool(lines)
    return len(lines)
