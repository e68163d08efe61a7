"""Recipients' numbers out of an uploaded CSV file or workbook, which is read once."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from string import ascii_uppercase
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from reports.number_lists import (
    MB,
    ON_SCREEN,
    Fault,
    Limits,
    NumberList,
    TooManyNumbers,
    Watch,
    e164,
    in_column,
    nobody,
    printable,
)

MOST_PARTS = 500  # files inside a workbook
MOST_COLUMNS = 100
LOOKED_AT = 200  # rows from which the column of the numbers is told
DELIMITERS = ",;\t|"
PHONE_HEADING = re.compile(r"phone|mobile|cell|tel|number|whatsapp|sms|móvil|celular", re.I)

Rows = Iterator[tuple[int, list[str]]]


class Unreadable(Exception):
    """The file is no table that can be read; its text is for people."""


class TooLarge(Unreadable):
    """The file has more bytes than its limits allow, packed or unpacked."""


class NoSuchColumn(Unreadable):
    """The file has no column of that heading, but these."""

    def __init__(self, column: str, headings: list[str]) -> None:
        super().__init__(_("The file has no column “%s”: choose another one.") % printable(column))
        self.headings = headings


def uploaded(
    file: IO[bytes],
    *,
    column: str = "",
    without_plus: bool = False,
    limits: Limits = ON_SCREEN,
    watch: Watch = nobody,
) -> NumberList:
    """The numbers under the heading `column`, or of the column that looks most like numbers.

    Lines are those of the file, the first is 1. Raises Unreadable and TooManyNumbers.
    """
    content = file.read(limits.file_bytes + 1)
    check_size(content, limits)
    rows = _rows(content, limits)
    rows = ((line, row) for line, row in rows if any(cell.strip() for cell in row))
    first = list(islice(rows, LOOKED_AT))
    if not first:
        raise Unreadable(_("The file is empty: its first sheet has no cell with anything in it."))
    headings, has_headings = _headings(first, without_plus)
    body = first[1:] if has_headings else first
    index = _named(column, headings) if column else _likeliest(body, headings, without_plus)
    found = in_column(
        chain(body, rows), index, without_plus=without_plus, limits=limits, watch=watch
    )
    found.column, found.headings = headings[index], headings
    return found


def check_size(content: bytes, limits: Limits) -> None:
    """Refuse what is too large to be looked into; raises TooLarge, and Unreadable for no zip."""
    if len(content) > limits.file_bytes:
        raise TooLarge(
            _(
                "The file is larger than %s MB: keep only the column of the numbers, or upload "
                "it in parts."
            )
            % (limits.file_bytes // MB)
        )
    if not _is_packed(content):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except Exception as error:  # whatever the parser meets in a bad file
        raise Unreadable(_no_workbook()) from error
    # What a part says of its size is true: no more of it than that is unpacked.
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > limits.unpacked_bytes:
        raise TooLarge(
            _("This workbook is too large: keep only the column of the numbers, or use CSV.")
        )


def _is_packed(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def _rows(content: bytes, limits: Limits) -> Rows:
    rows = _workbook_rows(content) if _is_packed(content) else _text_rows(content)
    written = 0
    for line, row in rows:
        written += bool(row)
        if written > limits.lines:
            raise TooManyNumbers
        if len(row) > MOST_COLUMNS:
            raise Unreadable(
                _("Line %(line)s has more than %(most)s columns: keep only that of the numbers.")
                % {"line": line, "most": MOST_COLUMNS}
            )
        yield line, row


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


def _encoding(content: bytes) -> str:
    """Those that spreadsheets write; in a wrong one the digits are right all the same."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in content:
        raise Unreadable(
            _("This is neither a CSV file nor an Excel workbook: save it as one of them.")
        )
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _text_rows(content: bytes) -> Rows:
    encoding = _encoding(content)
    start = content[:20_000].decode(encoding, "replace").lstrip("\r\n")
    head = start.splitlines()[0] if start.strip() else ""
    delimiter = max(DELIMITERS, key=head.count)
    says_so = head.lower().startswith("sep=")  # Excel's way to name it
    if says_so and head[4:5] and head[4:5] in DELIMITERS:
        delimiter = head[4:5]
    text = io.TextIOWrapper(io.BytesIO(content), encoding, "replace", newline="")
    reader = csv.reader(text, delimiter=delimiter)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_("Line %s cannot be read as CSV.") % line) from error
        if line > 1 or not says_so:
            yield line, row
        line = reader.line_num + 1


# --- Workbooks --------------------------------------------------------------------------------


def _no_workbook() -> str:
    return _("This workbook cannot be read: save it as XLSX or CSV and try again.")


def _workbook_rows(content: bytes) -> Rows:
    """The rows of the first sheet: values, not formulas."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        blank = (None,) * MOST_COLUMNS
        for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
            if row == blank:  # a cell at the very bottom has a million of these above it
                continue
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield line, cells
    except GeneratorExit:
        raise
    except Exception as error:  # whatever openpyxl and the parsers below it meet in a bad file
        raise Unreadable(_no_workbook()) from error


def _cell(value: object) -> str:
    """A number that a spreadsheet took for one comes back as its digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
