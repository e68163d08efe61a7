"""Workbooks: whatever text comes, it is read back as text, whole or visibly cut."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reports import cell_texts, sheet_rows, workbooks
from reports.workbooks import Book, Column

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


def test_hostile_text_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = write(tmp_path, HOSTILE)
    assert [row[0] for row in openpyxl_rows(path, "Messages")[1:]] == HOSTILE
    assert [row[0] for row in calamine_rows(path, "Messages")[1:]] == HOSTILE


def test_no_text_is_a_formula_an_error_or_a_link(tmp_path: Path) -> None:
    path = write(tmp_path, HOSTILE)
    sheet = openpyxl.load_workbook(path)["Messages"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells] == [None] * len(HOSTILE)
    with zipfile.ZipFile(path) as parts:
        assert all(b"<f>" not in parts.read(name) for name in parts.namelist())


def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path, HOSTILE))["Messages"]
    quoted = [row[0].value for row in sheet.iter_rows(min_row=2) if row[0].quotePrefix]
    first = [text for text in HOSTILE if text[0] in "=@-\t" and text != "+4915123456789"]
    assert set(first) <= set(quoted)
    assert {"+x", "+1+1", "#N/A", "#DIV/0!"} <= set(quoted)
    assert not {"+4915123456789", "http://example.com/", "007"} & set(quoted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bell\x07", "bell\ufffd"),
        ("nul\x00", "nul\ufffd"),
        ("escape\x1b[31m", "escape\ufffd[31m"),
        ("next line\x85", "next line\ufffd"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("\udc00", "\ufffd"),
        ("not a character \ufffe\uffff", "not a character \ufffd\ufffd"),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_what_no_cell_can_hold_is_replaced_visibly(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert cell_texts.shown(text) == expected
    path = write(tmp_path, [text])
    assert openpyxl_rows(path, "Messages")[1][0] == expected
    assert calamine_rows(path, "Messages")[1][0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 32_767, "x" * 32_767),
        ("x" * 32_768, "x" * 32_760 + "… (cut)"),
        ("x" * 40_000, "x" * 32_760 + "… (cut)"),
        ("😀" * 16_383, "😀" * 16_383),
        ("😀" * 16_384, "😀" * 16_380 + "… (cut)"),
        ("x" + "😀" * 20_000, "x" + "😀" * 16_379 + "… (cut)"),
        ("=" + "x" * 40_000, "=" + "x" * 32_759 + "… (cut)"),
    ],
)
def test_long_text_is_cut_visibly_at_what_excel_holds(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert len(expected.encode("utf-16-le")) // 2 <= 32_767
    path = write(tmp_path, [text])
    assert openpyxl_rows(path, "Messages")[1][0] == expected
    assert calamine_rows(path, "Messages")[1][0] == expected


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_is_shown_as_something_that_xml_can_hold(text: str) -> None:
    shown = cell_texts.shown(text)
    shown.encode("utf-8")
    assert not cell_texts.UNSHOWABLE.search(shown)
    assert len(shown) <= len(text)


@settings(deadline=None)  # each example writes and reads a file
@given(st.lists(st.text(alphabet="=+-@#_x0041AN/!\t\n a😀"), max_size=5))
def test_any_mixture_of_the_dangerous_characters_survives(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = write(tmp_path_factory.mktemp("book"), texts)
    assert [row[0] or "" for row in openpyxl_rows(path, "Messages")[1:]] == texts
    assert [row[0] for row in calamine_rows(path, "Messages")[1:]] == texts


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
    assert workbooks.MOST_ROWS == 2**20
    with Book(tmp_path / "book.xlsx", title="t") as book:
        assert book._rows_per_sheet == 2**20 - 1


def test_a_sheet_ends_before_the_archive_would_need_a_form_that_excel_repairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = 4 * (workbooks.MOST_CHARACTERS + sheet_rows.AT_ONCE + 60 * 40_000)  # bytes
    assert longest < zipfile.ZIP64_LIMIT
    monkeypatch.setattr(workbooks, "MOST_CHARACTERS", 1_000)
    monkeypatch.setattr(sheet_rows, "AT_ONCE", 500)
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
        with pytest.raises(workbooks.SpoiledBook):
            book.save()
    assert not (tmp_path / "book.xlsx").exists()


def test_rows_that_end_in_an_error_spoil_the_book(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield ("fine", SENT_AT, 1)
        raise ConnectionError("the database has gone")

    with Book(tmp_path / "book.xlsx", title="t") as book:
        with pytest.raises(ConnectionError):
            book.add_rows("Messages", COLUMNS, rows())
        with pytest.raises(workbooks.SpoiledBook):
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
