"""Workbooks: whatever text comes, it is read back as text, whole or visibly cut."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locations.formatting.cell_text import UNSHOWABLE, clean_text
from tests.reports.workbooks.text_books import HOSTILE, calamine_rows, openpyxl_rows, write


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
    assert clean_text(text) == expected
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
    cell = clean_text(text)
    cell.encode("utf-8")
    assert not UNSHOWABLE.search(cell)
    assert len(cell) <= len(text)


@settings(deadline=None)  # each example writes and reads a file
@given(st.lists(st.text(alphabet="=+-@#_x0041AN/!\t\n a😀"), max_size=5))
def test_any_mixture_of_the_dangerous_characters_survives(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = write(tmp_path_factory.mktemp("book"), texts)
    assert [row[0] or "" for row in openpyxl_rows(path, "Messages")[1:]] == texts
    assert [row[0] for row in calamine_rows(path, "Messages")[1:]] == texts
