"""Tables out of uploaded CSV files and workbooks: rows of text, within limits, or words why not."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from string import ascii_uppercase

from django.utils.translation import gettext as _
from openpyxl import load_workbook

DELIMITERS = ",;\t|"
ZIPPED = b"PK\x03\x04"
ROW = re.compile(rb"<(?:\w+:)?row\b")
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and every workbook that a password encrypts

Rows = Iterator[tuple[int, list[str]]]


class Unreadable(Exception):
    """The file is no table that can be read; its text is for people."""


class TooManyRows(Unreadable):
    """The table is longer than its reader wants to know."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a table may cost to read: a small file may unpack to gigabytes.

    Of a workbook: `parts` are the files inside it; `tags` those of XML in a row of a sheet or in
    a whole part without rows (styles, shared texts): each becomes an object before it can be
    looked at.
    """

    unpacked_bytes: int
    parts: int
    tags: int
    rows: int
    columns: int


def rows_of(content: bytes, limits: Limits, *, formulas: bool = False) -> Rows:
    """Lines, from 1, and cells as text; of a workbook those of its first sheet.

    A cell with a formula is its last value or, with `formulas`, text that begins with `=`. Raises
    Unreadable and TooManyRows, at the first row or later.
    """
    if content.startswith(ZIPPED):
        return _workbook_rows(content, limits, formulas)
    return _text_rows(text_of(content), limits)


def unpacked_size(content: bytes, limits: Limits) -> int:
    """The bytes that reading the file goes through; raises Unreadable where that is too much."""
    if not content.startswith(ZIPPED):
        return len(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > limits.parts or size > limits.unpacked_bytes:
                raise _too_large()
            if any(_most_tags(_unpacked(packed, part)) > limits.tags for part in parts):
                raise _too_large()
    except Unreadable:
        raise
    except Exception as error:  # a bad archive breaks zipfile in many ways
        raise _no_workbook() from error
    return size


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """What is in a part; raises BadZipFile where that is not what the archive states.

    `ZipFile.read` unpacks all there is, gigabytes of a part that states 100 bytes, and then cuts
    it to that: what comes after this check, openpyxl, may only meet parts that are as they say.
    """
    stated = part.file_size
    one_more = copy(part)
    one_more.file_size = stated + 1
    with packed.open(one_more) as stream:
        content = stream.read(stated + 1)
    if len(content) != stated:
        raise zipfile.BadZipFile
    return content


def _most_tags(part: bytes) -> int:
    return max(stretch.count(b"<") for stretch in ROW.split(part))


def column_name(index: int) -> str:
    """Column A, Column AB: for columns without a heading; `index` counts from 0."""
    high, low = divmod(index, 26)
    letters = (ascii_uppercase[high - 1] if high else "") + ascii_uppercase[low]
    return _("Column %s") % letters


# --- Text -------------------------------------------------------------------------------------


def text_of(content: bytes) -> str:
    """The encodings that spreadsheets write; of a wrong one the digits are right all the same."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if content.startswith(OLD_OFFICE):
        raise Unreadable(
            _(
                "This is a workbook with a password, or neither a CSV file nor an Excel workbook "
                "of today: save it as XLSX, without a password."
            )
        )
    if b"\x00" in content:
        raise Unreadable(
            _("This is neither a CSV file nor an Excel workbook: save it as one of them.")
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _text_rows(text: str, limits: Limits) -> Rows:
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
            _check_size(line, len(row), limits)
            yield line, row
        line = reader.line_num + 1


# --- Workbooks --------------------------------------------------------------------------------


def _workbook_rows(content: bytes, limits: Limits, formulas: bool) -> Rows:
    try:
        unpacked_size(content, limits)
        book = load_workbook(
            io.BytesIO(content), read_only=True, data_only=not formulas, keep_links=False
        )
        sheet = book.worksheets[0]
        blank = (None,) * limits.columns
        for line, row in enumerate(sheet.iter_rows(max_col=limits.columns, values_only=True), 1):
            if row == blank:  # a cell at the very bottom has a million of these above it
                continue
            _check_size(line, 0, limits)
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield line, cells
    except (Unreadable, GeneratorExit):
        raise
    except Exception as error:  # whatever openpyxl and the parsers below it meet in a bad file
        raise _no_workbook() from error


def _too_large() -> Unreadable:
    return Unreadable(
        _("This workbook is too large: keep only the columns that are needed, or use CSV.")
    )


def _no_workbook() -> Unreadable:
    return Unreadable(_("This workbook cannot be read: save it as XLSX or CSV and try again."))


def _cell(value: object) -> str:
    """A number that a spreadsheet took for one comes back as its digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _check_size(line: int, columns: int, limits: Limits) -> None:
    if line > limits.rows:
        raise TooManyRows(
            _("The file has more than %s rows: upload it in parts.") % f"{limits.rows:,}"
        )
    if columns > limits.columns:
        raise Unreadable(
            _("Line %(line)s has more than %(most)s columns: keep only those that are needed.")
            % {"line": line, "most": limits.columns}
        )
