"""Rows written as XML are the cells that openpyxl would have made of them, one by one."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from reports.workbooks import xlsx
from reports.workbooks.xlsx import Book, Column
from reports.workbooks.xlsx_rows import SheetRows
from tests.reports.workbooks.text_books import HOSTILE

COLUMNS = [Column("Text"), Column("Number"), Column("When")]
LOOKS = ("value", "data_type", "number_format", "quotePrefix", "coordinate")
INSTANTS = st.datetimes(min_value=dt.datetime(1990, 1, 1), max_value=dt.datetime(2199, 12, 31))


def ours(path: Path, rows: list[tuple[Any, ...]]) -> list[Any]:
    with Book(path / "ours.xlsx", title="Rows") as book:
        book.add_rows("Messages", COLUMNS, rows)
        book.add_summary([("Rows", len(rows))])
        book.save()
    return looks(path / "ours.xlsx", "Messages")[1:]


def openpyxls(path: Path, rows: list[tuple[Any, ...]]) -> list[Any]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Messages")
    for row in [("Text", "Number", "When"), *rows]:
        sheet.append([xlsx._safe(sheet, v) if isinstance(v, str) else v for v in row])
    book.save(path / "openpyxl.xlsx")
    return looks(path / "openpyxl.xlsx", "Messages")[1:]


def looks(path: Path, name: str) -> list[Any]:
    sheet = openpyxl.load_workbook(path, rich_text=True)[name]
    return [
        [tuple(str(getattr(cell, look)) for look in LOOKS) for cell in row]
        for row in sheet.iter_rows(max_col=3)
    ]


def test_each_cell_is_openpyxls(tmp_path: Path) -> None:
    at = dt.datetime(2026, 10, 25, 2, 30, 5)
    rows: list[tuple[Any, ...]] = [(text, number, at) for number, text in enumerate(HOSTILE)]
    rows += [
        ("", None, None),
        (None, 0, dt.date(2026, 2, 28)),
        ("x", -7, dt.datetime(2026, 1, 1)),
        ("x", 1.5, dt.datetime(2026, 1, 1, 23, 59, 59)),
        ("x", 0.1 + 0.2, dt.datetime(2026, 1, 1, 0, 0, 0, 500_000)),
        ("x", 10**15, None),
        *[(text, None, None) for text in HOSTILE],  # those that were kept from the first time
    ]
    assert ours(tmp_path, rows) == openpyxls(tmp_path, rows)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=40) | st.text("_x0041=&<>]\t\n ", max_size=12),
            st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6) | st.none(),
            INSTANTS | st.none(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_comes_each_cell_is_openpyxls(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]
) -> None:
    path = tmp_path_factory.mktemp("rows")
    assert ours(path, rows) == openpyxls(path, rows)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((b"bytes", 1, None), TypeError),
        (("x", True, None), TypeError),
        (("x", 1, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)), TypeError),
        (("too", "few"), ValueError),
    ],
)
def test_what_is_no_cell_is_refused(row: Any, problem: type[Exception]) -> None:
    sheet: Any = Workbook(write_only=True).create_sheet()
    out = io.BytesIO()
    rows = SheetRows(out, sheet, 3)
    with pytest.raises(problem):
        rows.append(row)
    rows.flush()
    assert (rows.count, out.getvalue()) == (0, b"")
