"""What stands in the files beside the rows, and the files that are not workbooks."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from ledger.engine.funding import adjust, purchase
from ledger.reading.daily_usage import daily_usage
from locations.downloads import escape_formulas
from locations.models.jobs import JobState
from reports.exports import build
from reports.models import Report, ReportKind
from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, NOW, SWEDEN, utc

pytestmark = pytest.mark.usefixtures("shared_clone")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def place() -> Any:
    made = traffic.location(time_zone="America/Chicago")
    for day in (4, 6):
        at = utc(f"2026-05-{day:02} 10:00:00")
        traffic.texts(made, at, MEXICO, GERMANY, SWEDEN, "12345")
        traffic.call(made, at + dt.timedelta(hours=1), GERMANY, 61)
        traffic.chat(made, at, has_image=True)
        traffic.chat(made, at, direction="inbound", inbox="Rooms")
    return made


def built(place: Any, kind: str, **fields: Any) -> Path:
    report = traffic.report(place, kind, **fields)
    build.build_next(clock=traffic.stopped())
    report.refresh_from_db()
    assert (report.state, report.failure) == (JobState.READY, "")
    from django.conf import settings

    return Path(settings.MEDIA_ROOT) / report.file


def sheet(path: Path, name: str) -> list[list[Any]]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    return [list(row) for row in rows]


def tables(path: Path) -> dict[str, list[list[Any]]]:
    """The tables of the summary, by their titles: head, rows, total."""
    found: dict[str, list[list[Any]]] = {}
    blocks: list[list[list[Any]]] = [[]]
    for row in sheet(path, "Summary"):
        cells = [*row]
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            blocks[-1].append(cells)
        else:
            blocks.append([])
    for block in blocks[1:]:
        found[block[0][0]] = block[1:]
    return found


def test_international_messages_are_summed_by_day_and_by_country(place: Any) -> None:
    found = tables(built(place, ReportKind.INTERNATIONAL))
    assert found == {
        "By day": [
            ["Day", "Texts", "Calls", "Refused", "Credits", "On the daily table"],
            [dt.date(2026, 5, 4), 2, 1, 2, 71, 71],
            [dt.date(2026, 5, 6), 2, 1, 2, 71, 71],
            ["Total", 4, 2, 4, 142, 142],
        ],
        "By country": [
            ["Country", "Texts", "Calls", "Refused", "Credits"],
            ["Germany (DE)", 2, 2, 0, 128],
            ["Mexico (MX)", 2, 0, 0, 14],
            ["Unknown", 0, 0, 2, 0],
            ["Sweden (SE)", 0, 0, 2, 0],
            ["Total", 4, 2, 4, 142],
        ],
    }


@pytest.mark.parametrize(
    ("kind", "sort", "messages", "refused", "credits", "words"),
    [
        (ReportKind.TEXTS, "Texts", 2, 2, 13, "Texts alone"),
        (ReportKind.CALLS, "Calls", 1, 0, 58, "Calls alone"),
    ],
)
def test_texts_or_calls_alone_are_those_of_their_column_on_the_daily_table(
    place: Any, kind: str, sort: str, messages: int, refused: int, credits: int, words: str
) -> None:
    path = built(place, kind)
    assert tables(path)["By day"] == [
        ["Day", sort, "Refused", "Credits", "On the daily table"],
        [dt.date(2026, 5, 4), messages, refused, credits, credits],
        [dt.date(2026, 5, 6), messages, refused, credits, credits],
        ["Total", 2 * messages, 2 * refused, 2 * credits, 2 * credits],
    ]
    headings, *rows = sheet(path, "Messages")
    channel = {"Texts": "Text", "Calls": "Voice call"}[sort]
    assert {row[headings.index("Channel")] for row in rows} == {channel}
    assert ["Filters", words] in [row[:2] for row in sheet(path, "Summary")]


def test_chat_messages_are_summed_by_day_and_by_inbox(place: Any) -> None:
    found = tables(built(place, ReportKind.CHAT))
    assert found == {
        "By day": [
            ["Day", "SMS", "MMS", "Refused", "Credits", "On the daily table"],
            [dt.date(2026, 5, 4), 1, 1, 0, 6, 6],
            [dt.date(2026, 5, 6), 1, 1, 0, 6, 6],
            ["Total", 2, 2, 0, 12, 12],
        ],
        "By chat inbox": [
            ["Chat inbox", "SMS", "MMS", "Refused", "Credits"],
            ["Front desk", 0, 2, 0, 8],
            ["Rooms", 2, 0, 0, 4],
            ["Total", 2, 2, 0, 12],
        ],
    }


@pytest.mark.parametrize("kind", ReportKind.values)
def test_every_column_is_defined(place: Any, kind: str) -> None:
    path = built(place, kind)
    rows = "Entries" if kind == ReportKind.STATEMENT else "Messages"
    assert CalamineWorkbook.from_path(str(path)).sheet_names == ["Summary", rows, "Definitions"]
    heading, *definitions = sheet(path, "Definitions")
    assert heading == ["Column", "What it means"]
    named = [name for name, _ in definitions if name]
    assert named == sheet(path, rows)[0]
    assert all(meaning for _, meaning in definitions)


def test_a_statement_leads_from_the_opening_to_the_closing_balance(place: Any) -> None:
    purchase(place.pk, 500, key="p", at=utc("2026-05-06 15:00:00"), reference="=Invoice 1")
    adjust(place.pk, -20, key="a", at=utc("2026-05-07 15:00:00"), reason="Goodwill taken back")
    days = {"first_on": dt.date(2026, 5, 5), "last_on": dt.date(2026, 5, 31)}
    path = built(place, ReportKind.STATEMENT, **days)
    usage = daily_usage(place, **days)
    lines = {row[0]: row[1] for row in sheet(path, "Summary")[:18]}
    assert lines["Opening balance"] == usage.opening == 10_000 - 71 - 6
    assert lines["Closing balance"] == usage.closing == 10_000 - 2 * 77 + 480
    assert lines["Credits of the entries"] == lines["Net on the daily table"] == 403
    heading, *entries = sheet(path, "Entries")
    assert heading[-2:] == ["Credits", "Balance"]
    assert [entry[3:5] for entry in entries[-2:]] == [
        ["Purchase", "=Invoice 1"],
        ["Adjustment", "Goodwill taken back"],
    ]
    assert sum(entry[-2] for entry in entries) == usage.total.net
    assert entries[0][-1] == usage.opening + entries[0][-2]
    assert entries[-1][-1] == usage.closing
    head, *rows, total = tables(path)["By day"]
    assert head == [
        "Day",
        "Additions",
        "Texts",
        "Calls",
        "Chat",
        "Lapsed, other",
        "Net",
        "Closing balance",
    ]
    assert [row[-1] for row in rows] == [row.closing for row in usage.days]
    assert total == ["Total", 500, -13, -58, -6, -20, 403, usage.closing]
    assert Report.objects.get(location=place, kind=ReportKind.STATEMENT).credits == 403


def test_a_csv_holds_the_same_rows_as_the_workbook(place: Any) -> None:
    traffic.chat(place, utc("2026-05-08 10:00:00"), '=1+1;"x"\n-2,äöü 🎈')
    path = built(place, ReportKind.CHAT, format="csv")
    assert path.suffix == ".csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    messages = sheet(built(place, ReportKind.CHAT), "Messages")
    assert heading == messages[0]
    assert len(rows) == len(messages) - 1 == 5
    assert [int(row[5]) for row in rows] == [int(row[5]) for row in messages[1:]]
    assert rows[0] == [
        "Front desk",
        "Hello",
        "Outbound",
        "2026-05-04 05:00:00",
        MEXICO,
        "4",
        "MMS",
        "Charged",
    ]
    assert rows[-1][1] == "'=1+1;\"x\"\n'-2,äöü 🎈"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("+4915123456789", "+4915123456789"),
        ("+49 151", "'+49 151"),
        ("=1", "'=1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'\t'=1"),
        ("a;=1", "a;'=1"),
        ("a,=1", "a,=1"),
        ("a\n=1", "a\n'=1"),
        ("a\r\n=1", "a\n'=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("\x00x", "\ufffdx"),
        ("", ""),
    ],
)
def test_no_text_of_a_csv_is_a_formula(text: str, written: str) -> None:
    assert escape_formulas(text) == written


def test_a_build_that_differs_on_one_day_alone_is_not_shipped(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.exports import writer

    read_rows = writer.read_rows

    def shifted(*args: Any, **options: Any) -> Any:
        found = read_rows(*args, **options)
        found.counted[dt.date(2026, 5, 4)] -= 1
        return found

    monkeypatch.setattr(writer, "read_rows", shifted)
    report = traffic.report(place)
    build.build_next(clock=traffic.stopped())
    report.refresh_from_db()
    assert (report.state, report.finished_at) == (JobState.FAILED, NOW)
    assert report.failure.startswith(
        "On 2026-05-04 the rows come to 70 credits, the daily table says 71:"
    )
