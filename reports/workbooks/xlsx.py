"""openpyxl makes the book and small sheets; `SheetRows` writes the many rows, which is faster.

openpyxl takes some text for formulas or errors: every text goes through `clean_text` first.
"""

import contextlib
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from lxml.etree import LxmlError
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from locations.formatting.cell_text import clean_text, is_harmless, split_runs
from reports.workbooks.disk import open_steadily
from reports.workbooks.xlsx_archive import BookFile, SheetFile
from reports.workbooks.xlsx_rows import SheetRows

# A write-only worksheet; the stubs know little of it.
Sheet = Any
Value = str | int | float | dt.date | dt.datetime | None

# Of Excel, the heading included.
MAX_ROWS = 1_048_576
# Of a sheet's rows, in characters: what may come to two gigabytes has to be announced to the
# archive before its first byte, in a form that makes Excel offer a repair.
MAX_CHARACTERS = 500_000_000

# The face of openpyxl's plain cells: a font without a name is another one in LibreOffice.
BOLD = Font(name="Calibri", family=2, size=11, bold=True)
HEADING = Font(name="Calibri", family=2, size=11, bold=True, color="FFFFFF")
TITLE = Font(name="Calibri", family=2, size=14, bold=True)
HEADING_FILL = PatternFill("solid", fgColor="1F3A5F")
HEADING_LAYOUT = Alignment(vertical="center", wrap_text=True)
FIGURE_HEADING = Alignment(horizontal="right", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left")
WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True)
DAY_FORMAT = "yyyy-mm-dd"
INSTANT_FORMAT = "yyyy-mm-dd h:mm:ss"  # the one that openpyxl gives to plain datetimes
CREDITS_FORMAT = "#,##0"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: int = 16
    meaning: str = ""
    is_balance: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A small table under the summary; what is a number in all of its rows is added up."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]


class SpoiledBook(Exception):
    """openpyxl would save what it has, as if that were all."""


class Book:
    """A workbook whose rows go into its file as they come; `with` removes it unless saved."""

    def __init__(self, path: Path, *, title: str, rows_per_sheet: int = MAX_ROWS - 1) -> None:
        self._path = path
        self._rows_per_sheet = rows_per_sheet
        self._book = Workbook(write_only=True)
        self._book.properties.creator = "RedFlag Credits"
        self._book.properties.title = clean_text(title)
        self._title = title
        self._spoiled = False
        self._saved = False
        self._rows: SheetRows | None = None
        self._summary = self._sheet(pgettext("sheet", "Summary"))
        self._widths(self._summary, [34, *[20] * 8])
        self._file = open_steadily(path)
        self._archive = ZipFile(self._file, "w", ZIP_DEFLATED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._saved:
            return
        sheet: Sheet
        for sheet in self._book.worksheets:
            if sheet._writer is not None and not sheet.closed:
                for begun in (sheet._rows, sheet._writer.xf, sheet._writer.entry):
                    if begun is not None:
                        with contextlib.suppress(LxmlError, OSError):
                            begun.close()
        for begun in (self._archive, self._file):
            with contextlib.suppress(OSError):
                begun.close()
        self._path.unlink(missing_ok=True)

    def add_rows(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
        """A full sheet goes on in the next; datetimes must be naive."""
        self._spoiled = True  # until the last row is in
        sheets = written = 0
        for row in rows:
            if self._rows is None:
                sheets += 1
                self._rows = self._start_rows(_numbered(name, sheets), columns)
            self._rows.append(row)
            written += 1
            if self._rows.count == self._rows_per_sheet or self._rows.size >= MAX_CHARACTERS:
                self._end_rows(self._rows, columns)
        if not written:
            self._rows = self._start_rows(name, columns)
        if self._rows is not None:
            self._end_rows(self._rows, columns)
        self._spoiled = False
        return written

    def add_summary(self, lines: Iterable[tuple[str, Value]], tables: Iterable[Table] = ()) -> None:
        sheet = self._summary
        self._start(sheet)
        heading = _own_cell(sheet, self._title)
        heading.font = TITLE
        sheet.append([heading])
        for label, value in lines:
            name, cell = _own_cell(sheet, label), _own_cell(sheet, value)
            name.font = BOLD
            name.alignment = cell.alignment = LEFT
            sheet.append([name, cell])
        for table in tables:
            self._add_table(table)
        sheet.close()

    def add_definitions(self, columns: Iterable[Column], notes: Iterable[str] = ()) -> None:
        sheet = self._table(
            pgettext("sheet", "Definitions"),
            (Column(_("Column"), 34), Column(_("What it means"), 90)),
        )
        for column in columns:
            name, meaning = _own_cell(sheet, column.title), _own_cell(sheet, column.meaning)
            name.alignment = meaning.alignment = WRAPPED
            sheet.append([name, meaning])
        for note in notes:
            cell = _own_cell(sheet, note)
            cell.alignment = WRAPPED
            sheet.append([None, cell])
        sheet.close()

    def save(self) -> None:
        """End the file. Raises SpoiledBook."""
        if self._spoiled:
            raise SpoiledBook("Its rows did not all go in: saving would hide that.")
        BookFile(self._book, self._archive).save()
        self._file.close()
        self._saved = True

    def _start_rows(self, name: str, columns: Sequence[Column]) -> SheetRows:
        sheet = self._table(name, columns)
        return SheetRows(sheet._writer.entry, sheet, len(columns))

    def _end_rows(self, rows: SheetRows, columns: Sequence[Column]) -> None:
        rows.flush()
        rows.sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{rows.count + 1}"
        rows.sheet.close()
        self._rows = None

    def _table(self, name: str, columns: Sequence[Column]) -> Sheet:
        sheet = self._sheet(name)
        self._widths(sheet, [column.width for column in columns])
        sheet.freeze_panes = "A2"
        sheet.print_title_rows = "1:1"
        sheet.row_dimensions[1].height = 32
        self._start(sheet)
        sheet.append(self._headings(sheet, columns))
        return sheet

    def _add_table(self, table: Table) -> None:
        sheet = self._summary
        title = _own_cell(sheet, table.title)
        title.font = BOLD
        sheet.append([])
        sheet.append([title])
        headings = self._headings(sheet, table.columns)
        for heading in headings[1:]:
            heading.alignment = FIGURE_HEADING
        sheet.append(headings)
        for row in table.rows:
            cells = [_own_cell(sheet, value) for value in row]
            cells[0].alignment = LEFT
            sheet.append(cells)
        sheet.append([_bold(sheet, value) for value in _sums(table)])

    def _headings(self, sheet: Sheet, columns: Iterable[Column]) -> list[Cell]:
        headings = [_own_cell(sheet, column.title) for column in columns]
        for heading in headings:
            heading.font, heading.fill, heading.alignment = HEADING, HEADING_FILL, HEADING_LAYOUT
        return headings

    def _sheet(self, name: str) -> Sheet:
        sheet: Sheet = self._book.create_sheet(name)
        # On paper all columns stand beside one another, over as many pages as it takes.
        sheet.page_setup.orientation = "landscape"
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToHeight = 0
        return sheet

    def _widths(self, sheet: Sheet, widths: Iterable[int]) -> None:
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width

    def _start(self, sheet: Sheet) -> None:
        """Begin the sheet's file; widths and panes are written here and cannot change later."""
        sheet._writer = SheetFile(sheet, self._archive)
        sheet._writer.write_top()


def _safe(sheet: Sheet, text: str) -> str | Cell | None:
    text = clean_text(text)
    runs = split_runs(text)
    if len(runs) == 1 and is_harmless(text):
        return text or None
    cell = WriteOnlyCell(sheet)
    cell.value = text if len(runs) == 1 else CellRichText(runs)
    cell.data_type = "s"
    cell.quotePrefix = True  # and it stays text when it is edited
    return cell


def _own_cell(sheet: Sheet, value: Value) -> Cell:
    safe: Any = _safe(sheet, value) if isinstance(value, str) else value
    if isinstance(safe, Cell):
        return safe
    cell = WriteOnlyCell(sheet, value=safe)
    if isinstance(value, dt.datetime):
        cell.number_format = INSTANT_FORMAT
    elif isinstance(value, dt.date):
        cell.number_format = DAY_FORMAT
    elif isinstance(value, int):
        cell.number_format = CREDITS_FORMAT
    return cell


def _bold(sheet: Sheet, value: Value) -> Cell:
    cell = _own_cell(sheet, value)
    cell.font = BOLD
    return cell


def _sums(table: Table) -> list[Value]:
    """The last line of a table. A balance is no sum: it is that of the last row."""
    sums: list[Value] = [_("Total")]
    for number, column in enumerate(table.columns[1:], 1):
        figures = [value for row in table.rows if isinstance(value := row[number], int)]
        if column.is_balance:
            sums.append(figures[-1] if figures else None)
        else:
            sums.append(sum(figures) if len(figures) == len(table.rows) else None)
    return sums


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"
