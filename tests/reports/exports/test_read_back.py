"""Every workbook of replayed traffic, read back by two programs and held against the page.

TRAFFIC names the folder that is replayed; without it, a small one of two locations is.
`tests/office` asks a third program, LibreOffice.
"""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from reports.models import ReportFormat, ReportKind
from reports.workbooks.csv import csv_value
from tests.factories import make_user
from tests.readers import by_calamine, by_openpyxl
from tests.reports.exports import books
from tests.reports.exports.books import BuiltBook
from tests.reports.pages import rows

MIDNIGHT = " 00:00:00"

pytestmark = [pytest.mark.usefixtures("cloned_database"), pytest.mark.proof]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def test_every_workbook_of_the_traffic_is_read_alike_and_sums_up_to_the_page(folder: Path) -> None:
    books.replay(folder)
    built = books.build_all()
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    kinds = len(ReportKind)
    assert len(built) == kinds * len({book.location.pk for book in built}) >= kinds * 2
    for book in built:
        sheets = by_openpyxl(book.path)
        assert sheets == by_calamine(book.path), str(book)
        assert list(sheets) == ["Summary", list(sheets)[1], "Definitions"]
        holds(book, sheets, usage_on_page(client, book))
    for book, plain in zip(built, books.build_all(ReportFormat.CSV), strict=True):
        assert of_csv(plain.path) == as_csv(by_openpyxl(book.path)), str(book)


def holds(book: BuiltBook, sheets: dict[str, Any], page: dict[str, int]) -> None:
    """The rows, the summary and the page name the same sum, and the rows are all there."""
    _, name, _ = sheets
    headings, *lines = sheets[name]
    credits_at = headings.index("Credits" if name == "Entries" else "Credits used")
    summed = sum(line[credits_at] for line in lines)
    summary = {line[0]: line[1] for line in sheets["Summary"] if len(line) == 2}
    words = ("Credits of the entries", "Net on the daily table")
    if name != "Entries":
        words = ("Credits of the messages", "Credits on the daily table")
        charged, refused = summary["Messages charged"], summary["Messages refused"]
        assert len(lines) == charged + refused
    expected = page[book.report.kind]
    assert [summed, summary[words[0]], summary[words[1]]] == [expected] * 3, str(book)
    assert (book.report.credits, book.report.rows_done) == (expected, len(lines))
    if "Message status" in headings:
        fields = book.location.profile_fields
        assert headings[: len(fields)] == fields


def usage_on_page(client: Client, book: BuiltBook) -> dict[str, int]:
    """What the foot of the daily table says for the same days, by kind of report."""
    days = {"first_on": book.report.first_on, "last_on": book.report.last_on}
    answer = client.get(f"/locations/{book.location.pk}/credit-usage/", days)
    [foot, *_] = rows(answer, "tfoot")
    text, voice, chat = (figure(cell) for cell in foot[2:5])
    return {
        ReportKind.INTERNATIONAL: -(text + voice),
        ReportKind.TEXTS: -text,
        ReportKind.CALLS: -voice,
        ReportKind.CHAT: -chat,
        ReportKind.STATEMENT: figure(foot[6]),
    }


def figure(written: str) -> int:
    written = written.replace(",", "").replace("−", "-").replace("+", "")
    return 0 if written in ("", "none") else int(written)


def of_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [[cell.removesuffix(MIDNIGHT) for cell in line] for line in csv.reader(file)]


def as_csv(sheets: dict[str, Any]) -> list[list[str]]:
    """The rows of the workbook, as a CSV file writes them; a day reads as its midnight."""
    _, name, _ = sheets
    width = len(sheets[name][0])
    return [
        [str(csv_value(value)).removesuffix(MIDNIGHT) for value in padded(line, width)]
        for line in sheets[name]
    ]


def padded(line: list[Any], width: int) -> list[Any]:
    return [*line, *[""] * (width - len(line))]
