"""Books of texts, hostile ones among them, and what two programs read in them."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from reports.workbooks.xlsx import Book, Column

COLUMNS = [Column("Text", 20), Column("Sent date (Europe/Amsterdam)", 20), Column("Credits used")]
SENT_AT = dt.datetime(2026, 10, 25, 2, 30, 5)
HOSTILE = [
    "=1+1",
    "=",
    '=HYPERLINK("http://example.com","here")',
    "+x",
    "+1+1",
    "+4915123456789",
    "-x",
    "-2+3",
    "@x",
    "@SUM(1)",
    "#N/A",
    "#DIV/0!",
    "#hashtag",
    "_x0041_",
    "_x005F_x0041_",
    "_x000D_ and =1+1",
    "=_x0041_",
    "__x0041__x0042_",
    "_X0041_",
    "http://example.com/",
    "mailto:nobody@example.com",
    "007",
    "1e400",
    "TRUE",
    "2026-01-01",
    "  spaces  ",
    "two\nlines",
    "\ttab",
    "<b>&amp;</b>",
    "]]>",
    "😀 👩‍👩‍👧‍👧",
    "שלום (مرحبا) \u202eright to left",
    "é" * 200,
]


def write(folder: Path, texts: list[str], **options: Any) -> Path:
    with Book(folder / "book.xlsx", title="International Messages", **options) as book:
        written = book.add_rows("Messages", COLUMNS, ((text, SENT_AT, 7) for text in texts))
        assert written == len(texts)
        book.add_summary(
            [("Location", "=Acme"), ("From", dt.date(2026, 10, 1)), ("Messages", 1234)]
        )
        book.save()
    return folder / "book.xlsx"


def openpyxl_rows(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return list(book[sheet].iter_rows(values_only=True))
    finally:
        book.close()


def calamine_rows(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()
