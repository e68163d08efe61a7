"""Recipients' numbers out of an uploaded CSV file or workbook, which is read once and not kept."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from string import ascii_uppercase
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from reports.number_lists import (
    MOST_NUMBERS,
    Fault,
    NumberList,
    TooManyNumbers,
    e164,
    in_column,
    printable,
)

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED_BYTES = 24 * 1024 * 1024  # some 30,000 rows of ten columns
MOST_PARTS = 500  # files inside a workbook
MOST_ROWS = 2 * MOST_NUMBERS + 1
MOST_COLUMNS = 100
LOOKED_AT = 200  # rows from which the column of the numbers is told
DELIMITERS = ",;\t|"
PHONE_HEADING = re.compile(r"phone|mobile|cell|tel|number|whatsapp|sms|móvil|celular", re.I)

Rows = Iterator[tuple[int, list[str]]]


class Unreadable(Exception):
    """The file is no table that can be read; its text is for people."""


class NoSuchColumn(Unreadable):
    """The file has no column of that heading, but these."""

    def __init__(self, column: str, headings: list[str]) -> None:
        super().__init__(_("The file has no column “%s”: choose another one.") % printable(column))
        self.headings = headings


def uploaded(file: BinaryIO, *, column: str = "", without_plus: bool = False) -> NumberList:
    """The numbers under the heading `column`, or of the column that looks most like numbers.

    Lines are those of the file, the first is 1. Raises Unreadable and TooManyNumbers.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable(
            _(
                "The file is larger than %s MB: keep only the column of the numbers, or upload "
                "it in parts."
            )
            % (MOST_BYTES // 2**20)
        )
    rows = (
        _workbook_rows(content) if content.startswith(b"PK\x03\x04") else _text_rows(_text(content))
    )
    rows = ((line, row) for line, row in rows if any(cell.strip() for cell in row))
    first = list(islice(rows, LOOKED_AT))
    if not first:
        raise Unreadable(_("The file is empty: its first sheet has no cell with anything in it."))
    headings, has_headings = _headings(first, without_plus)
    body = first[1:] if has_headings else first
    index = _named(column, headings) if column else _likeliest(body, headings, without_plus)
    found = in_column(chain(body, rows), index, without_plus=without_plus)
    found.column, found.headings = headings[index], headings
    return found


# --- Which column -----------------------------------------------------------------------------


def _headings(first: list[tuple[int, list[str]]], without_plus: bool) -> tuple[list[str], bool]:
    """The names of the columns, and whether the file gives them: a row with a number is none."""
    width = max(len(row) for _line, row in first)
    row = first[0][1]
    numbers = any(not isinstance(e164(cell, without_plus=without_plus), Fault) for cell in row)
    names = [] if numbers else [printable(cell) for cell in row]
    names += [""] * (width - len(names))
    return [name or _("Column %s") % _letter(n) for n, name in enumerate(names)], not numbers


def _letter(index: int) -> str:
    high, low = divmod(index, 26)
    return (ascii_uppercase[high - 1] if high else "") + ascii_uppercase[low]


def _named(column: str, headings: list[str]) -> int:
    names = [heading.casefold() for heading in headings]
    if column.strip().casefold() not in names:
        raise NoSuchColumn(column, headings)
    return names.index(column.strip().casefold())


def _likeliest(body: list[tuple[int, list[str]]], headings: list[str], without_plus: bool) -> int:
    """The column with the most numbers; of two alike the one whose heading says so."""

    def score(index: int) -> tuple[int, bool, int]:
        cells = [row[index] for _line, row in body if index < len(row)]
        read = [e164(cell, without_plus=without_plus) for cell in cells]
        numbers = sum(not isinstance(each, Fault) for each in read)
        nearly = sum(each == Fault.NO_COUNTRY_CODE for each in read)
        return 2 * numbers + nearly, bool(PHONE_HEADING.search(headings[index])), -index

    return max(range(len(headings)), key=score)


# --- Text -------------------------------------------------------------------------------------


def _text(content: bytes) -> str:
    """The encodings that spreadsheets write; of a wrong one the digits are right all the same."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\x00" in content:
        raise Unreadable(
            _("This is neither a CSV file nor an Excel workbook: save it as one of them.")
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _text_rows(text: str) -> Rows:
    head = text[:10_000].splitlines()[0] if text.strip() else ""
    delimiter = max(DELIMITERS, key=head.count)
    if head.lower().startswith("sep="):  # Excel's way to say it
        delimiter = head[4:5] if head[4:5] in DELIMITERS and head[4:5] else delimiter
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_("Line %s cannot be read as CSV.") % line) from error
        if line > 1 or not head.lower().startswith("sep="):
            _check_size(line, len(row))
            yield line, row
        line = reader.line_num + 1


# --- Workbooks --------------------------------------------------------------------------------


def _workbook_rows(content: bytes) -> Rows:
    """The rows of the first sheet: values, not formulas. A small file may unpack to gigabytes."""
    no_workbook = _("This workbook cannot be read: save it as XLSX or CSV and try again.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise Unreadable(
                _("This workbook is too large: keep only the column of the numbers, or use CSV.")
            )
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        blank = (None,) * MOST_COLUMNS
        for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
            if row == blank:  # a cell at the very bottom has a million of these above it
                continue
            _check_size(line, 0)
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield line, cells
    except (Unreadable, TooManyNumbers, GeneratorExit):
        raise
    except Exception as error:  # whatever openpyxl and the parsers below it meet in a bad file
        raise Unreadable(no_workbook) from error


def _cell(value: object) -> str:
    """A number that a spreadsheet took for one comes back as its digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _check_size(line: int, columns: int) -> None:
    if line > MOST_ROWS:
        raise TooManyNumbers
    if columns > MOST_COLUMNS:
        raise Unreadable(
            _("Line %(line)s has more than %(most)s columns: keep only that of the numbers.")
            % {"line": line, "most": MOST_COLUMNS}
        )
