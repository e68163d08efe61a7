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
CHUNK_BYTES = 1024 * 1024
ZIPPED = b"PK\x03\x04"
ROW = re.compile(rb"<(?:\w+:)?row\b")
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and every workbook that a password encrypts

Rows = Iterator[tuple[int, list[str]]]


class Unreadable(Exception):
    """The file is no table that can be read; its text is for people."""


class TooLarge(Unreadable):
    """The file has more bytes than its limits allow, packed or unpacked."""


class TooManyRows(Unreadable):
    """The table is longer than its reader wants to know."""


@dataclass(frozen=True, slots=True)
class TableLimits:
    """What a table may cost to read: a small file may unpack to gigabytes.

    Of a workbook: `parts` are the files inside it; `tags` those of XML in a row of a sheet or in
    a whole part without rows, as its styles, for each becomes an object before it can be looked
    at; `text_tags` those of its shared texts, of which the texts alone are kept. `rows` are those
    with anything in them.
    """

    unpacked_bytes: int
    parts: int
    tags: int
    text_tags: int
    rows: int
    columns: int


def read_rows(content: bytes, limits: TableLimits, *, formulas: bool = False) -> Rows:
    """Lines, from 1, and cells as text; of a workbook those of its first sheet.

    A cell with a formula is its last value or, with `formulas`, text that begins with `=`. Raises
    Unreadable, TooLarge and TooManyRows, at the first row or later.
    """
    if content.startswith(ZIPPED):
        return _enforce_limits(_workbook_rows(content, limits, formulas), limits)
    return _enforce_limits(_text_rows(content), limits)


def unpacked_size(content: bytes, limits: TableLimits) -> int:
    """The bytes that reading the file goes through; raises TooLarge, and Unreadable for no zip."""
    if not content.startswith(ZIPPED):
        return len(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > limits.parts or size > limits.unpacked_bytes:
                raise _too_large()
            for part in parts:
                texts = part.filename.lower().endswith("sharedstrings.xml")
                most = limits.text_tags if texts else limits.tags
                if any(tags > most for tags in _count_tags(packed, part)):
                    raise _too_large()
    except Unreadable:
        raise
    except Exception as error:  # a bad archive breaks zipfile in many ways
        raise _unreadable_workbook() from error
    return size


def _count_tags(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[int]:
    """How many tags of XML there are from row to row; raises BadZipFile where sizes lie.

    `ZipFile.read` unpacks all there is, gigabytes of a part that states 100 bytes, and then cuts
    it to that: what comes after this check, openpyxl, may only meet parts that are as they say.
    """
    one_more = copy(part)
    one_more.file_size = part.file_size + 1
    size, tags, rest = 0, 0, b""
    with packed.open(one_more) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            # A tag that the chunk cuts in two is looked at with the next one.
            whole, bracket, cut = (rest + chunk).rpartition(b"<")
            stretches = ROW.split(whole)
            for stretch in stretches[:-1]:
                yield tags + stretch.count(b"<")
                tags = 0
            tags += stretches[-1].count(b"<")
            rest = bracket + cut[:CHUNK_BYTES]
    yield tags + rest.count(b"<")
    if size != part.file_size:
        raise zipfile.BadZipFile


def column_name(index: int) -> str:
    """Column A, Column AB: for columns without a heading; `index` counts from 0."""
    high, low = divmod(index, 26)
    letters = (ascii_uppercase[high - 1] if high else "") + ascii_uppercase[low]
    return _("Column %s") % letters


# --- Text -------------------------------------------------------------------------------------


def _encoding(content: bytes) -> str:
    """Those that spreadsheets write; in a wrong one the digits are right all the same."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
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


def _workbook_rows(content: bytes, limits: TableLimits, formulas: bool) -> Rows:
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
            cells = [_format_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield line, cells
    except (Unreadable, GeneratorExit):
        raise
    except Exception as error:  # whatever openpyxl and the parsers below it meet in a bad file
        raise _unreadable_workbook() from error


def _too_large() -> TooLarge:
    return TooLarge(
        _("This workbook is too large: keep only the columns that are needed, or use CSV.")
    )


def _unreadable_workbook() -> Unreadable:
    return Unreadable(_("This workbook cannot be read: save it as XLSX or CSV and try again."))


def _format_cell(value: object) -> str:
    """A number that a spreadsheet took for one comes back as its digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _enforce_limits(rows: Rows, limits: TableLimits) -> Rows:
    filled = 0
    for line, row in rows:
        filled += bool(row)
        if filled > limits.rows:
            raise TooManyRows(
                _("The file has more than %s rows: upload it in parts.") % f"{limits.rows:,}"
            )
        if len(row) > limits.columns:
            raise Unreadable(
                _("Line %(line)s has more than %(most)s columns: keep only those that are needed.")
                % {"line": line, "most": limits.columns}
            )
        yield line, row
