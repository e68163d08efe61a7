"""Rows in, a .csv file out: the plain sister of a workbook, without summary or definitions.

UTF-8 with the mark that makes Excel see it, lines ended as RFC 4180 says, every text quoted. A
text that a program may take for a formula gets an apostrophe before it, also where it would be
the first of a cell only in a program that divides at semicolons, tabs or the lines of a text.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Self

from reports.workbooks.disk import steadily
from reports.workbooks.text import shown
from reports.workbooks.xlsx import Column, Table, Value

CSV = "text/csv; charset=utf-8"
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else

# A number like +49151234567 stays as it is: as a formula it would do no harm.
FORMULA_START = re.compile(r"(\A|[;\t\n])(?=[=@\t\uff1d\uff0b\uff0d\uff20-]|\+(?!\d+\Z))")

Cell = str | int | dt.date | None


class CommaFile:
    """What `Book` is, for one table of text."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open between two calls."""

    def add_rows(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
        """Write the rows under their headings and count them."""
        written = 0
        with TextIOWrapper(steadily(self._path), encoding="utf-8-sig", newline="") as file:
            lines = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
            lines.writerow([safe(column.title) for column in columns])
            for row in rows:
                lines.writerow([_plain(value) for value in row])
                written += 1
        return written

    def add_summary(self, lines: Iterable[tuple[str, Value]], tables: Iterable[Table] = ()) -> None:
        """There is no place for it."""

    def add_definitions(self, columns: Iterable[Column], notes: Iterable[str] = ()) -> None:
        """There is no place for them."""

    def save(self) -> None:
        """It is whole already."""


def safe(text: str) -> str:
    """The text so that no program takes it, or a part of it, for a formula."""
    return FORMULA_START.sub(r"\1'", shown(text))


def plain(cell: Cell) -> Cell:
    """A text that no spreadsheet calculates; figures and days as they are."""
    return safe(cell) if isinstance(cell, str) else cell


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, dt.date) else value
