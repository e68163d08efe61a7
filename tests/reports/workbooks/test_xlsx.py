"""Workbooks: their sheets, headings and summary, and the book that is not to be had."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.workbooks import xlsx, xlsx_rows
from reports.workbooks.xlsx import Book, Column
from tests.reports.workbooks.text_books import COLUMNS, SENT_AT, calamine_rows, openpyxl_rows, write


def test_dates_and_numbers_are_typed(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path, ["text"]))["Messages"]
    _, sent, credits = sheet[2]
    assert (sent.value, sent.number_format) == (SENT_AT, "yyyy-mm-dd h:mm:ss")
    assert (credits.value, credits.data_type) == (7, "n")
    assert calamine_rows(tmp_path / "book.xlsx", "Messages")[1] == ["text", SENT_AT, 7]


def test_the_heading_stays_in_sight_and_filters(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path, ["a", "b"]))["Messages"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert all(cell.font.b and cell.fill.fgColor.rgb == "001F3A5F" for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C3"
    assert sheet.column_dimensions["A"].width == 20


def test_a_book_prints_as_wide_as_a_page_with_its_headings_on_each(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path, ["a"]))
    for sheet in book.worksheets:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert book["Messages"].print_title_rows == "$1:$1"


def test_an_instant_of_the_summary_is_as_wide_as_its_column_allows(tmp_path: Path) -> None:
    with Book(tmp_path / "book.xlsx", title="t") as book:
        book.add_rows("Messages", COLUMNS, [])
        book.add_summary([("Built at", SENT_AT)])
        book.save()
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Summary"]
    assert sheet.column_dimensions["B"].width > len(f"{SENT_AT}")


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    texts = [f"row {number}" for number in range(7)]
    path = write(tmp_path, texts, rows_per_sheet=3)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "Messages", "Messages 2", "Messages 3"]
    sheets = [openpyxl_rows(path, name) for name in book.sheetnames[1:]]
    assert [row[0] for rows in sheets for row in rows[1:]] == texts
    assert all(rows[0] == tuple(column.title for column in COLUMNS) for rows in sheets)
    assert [book[name].auto_filter.ref for name in book.sheetnames[1:]] == [
        "A1:C4",
        "A1:C4",
        "A1:C2",
    ]


def test_exactly_full_sheets_are_not_followed_by_an_empty_one(tmp_path: Path) -> None:
    path = write(tmp_path, ["a"] * 6, rows_per_sheet=3)
    assert openpyxl.load_workbook(path).sheetnames == ["Summary", "Messages", "Messages 2"]


def test_a_sheet_holds_no_more_than_excel_can(tmp_path: Path) -> None:
    assert xlsx.MAX_ROWS == 2**20
    with Book(tmp_path / "book.xlsx", title="t") as book:
        assert book._rows_per_sheet == 2**20 - 1


def test_a_sheet_ends_before_the_archive_would_need_a_form_that_excel_repairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = 4 * (xlsx.MAX_CHARACTERS + xlsx_rows.CHUNK_CHARACTERS + 60 * 40_000)  # bytes
    assert longest < zipfile.ZIP64_LIMIT
    monkeypatch.setattr(xlsx, "MAX_CHARACTERS", 1_000)
    monkeypatch.setattr(xlsx_rows, "CHUNK_CHARACTERS", 500)
    texts = [f"{number} " + "x" * 200 for number in range(20)]
    path = write(tmp_path, texts)
    names = openpyxl.load_workbook(path).sheetnames
    assert names == ["Summary", "Messages", *[f"Messages {number}" for number in range(2, 6)]]
    sheets = [calamine_rows(path, name)[1:] for name in names[1:]]
    assert [len(rows) for rows in sheets] == [4] * 5
    assert [row[0] for rows in sheets for row in rows] == texts


def test_a_book_is_known_for_one_by_its_first_part_and_has_each_part_once(tmp_path: Path) -> None:
    with zipfile.ZipFile(write(tmp_path, ["a"] * 5, rows_per_sheet=2)) as parts:
        names = parts.namelist()
        assert parts.testzip() is None
        assert {part.extract_version for part in parts.infolist()} == {20}  # none of them ZIP64
    assert names[0] == "xl/worksheets/sheet2.xml"
    assert len(set(names)) == len(names)
    assert {f"xl/worksheets/sheet{number}.xml" for number in range(1, 5)} <= set(names)


@pytest.mark.parametrize("title", ["&" * 255, "_x0041_" * 36, "😀" * 127, "=" + "<" * 254])
def test_the_longest_headings_stand_above_the_rows(tmp_path: Path, title: str) -> None:
    columns = [Column(f"{number} {title}") for number in range(60)]
    with Book(tmp_path / "book.xlsx", title="t") as book:
        book.add_rows("Messages", columns, [("x",) * 60])
        book.add_summary([])
        book.save()
    expected = [[column.title for column in columns], ["x"] * 60]
    assert calamine_rows(tmp_path / "book.xlsx", "Messages") == expected
    assert [list(row) for row in openpyxl_rows(tmp_path / "book.xlsx", "Messages")] == expected


def test_without_rows_there_are_still_headings(tmp_path: Path) -> None:
    path = write(tmp_path, [])
    assert openpyxl_rows(path, "Messages") == [tuple(column.title for column in COLUMNS)]
    assert openpyxl.load_workbook(path)["Messages"].auto_filter.ref == "A1:C1"


def test_the_summary_is_typed_and_safe(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path, []))["Summary"]
    assert list(sheet.iter_rows(values_only=True)) == [
        ("International Messages", None),
        ("Location", "=Acme"),
        ("From", dt.datetime(2026, 10, 1)),
        ("Messages", 1234),
    ]
    assert [sheet[f"B{row}"].data_type for row in (2, 3, 4)] == ["s", "d", "n"]
    assert [sheet[f"B{row}"].number_format for row in (3, 4)] == ["yyyy-mm-dd", "#,##0"]


@pytest.mark.parametrize(
    "value", [dt.datetime(2026, 1, 1, tzinfo=dt.UTC), object(), ["a list"], 3 + 4j]
)
def test_a_value_that_does_not_go_in_spoils_the_book(tmp_path: Path, value: Any) -> None:
    rows = iter([("fine", SENT_AT, 1), ("not fine", value, 1), ("never read", SENT_AT, 1)])
    with Book(tmp_path / "book.xlsx", title="t") as book:
        with pytest.raises((TypeError, ValueError)):
            book.add_rows("Messages", COLUMNS, rows)
        with pytest.raises(xlsx.SpoiledBook):
            book.save()
    assert not (tmp_path / "book.xlsx").exists()


def test_rows_that_end_in_an_error_spoil_the_book(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield ("fine", SENT_AT, 1)
        raise ConnectionError("the database has gone")

    with Book(tmp_path / "book.xlsx", title="t") as book:
        with pytest.raises(ConnectionError):
            book.add_rows("Messages", COLUMNS, rows())
        with pytest.raises(xlsx.SpoiledBook):
            book.save()
    assert list(tmp_path.iterdir()) == []


def test_a_book_has_no_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    folder = tmp_path / "build"
    folder.mkdir()
    path = write(folder, ["text"])
    assert list(elsewhere.iterdir()) == []
    assert list(folder.iterdir()) == [path]
