"""Read rows of text from uploaded CSV files and workbooks, within limits."""

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
    """The file cannot be read; the message is shown to the user."""


class TooLarge(Unreadable):
    pass


class TooManyRows(Unreadable):
    pass


@dataclass(frozen=True, slots=True)
class TableLimits:
    """`parts` are the files in a workbook, `tags` the XML tags of a row, or of a part without rows.

    `text_tags` are those of its shared strings; `rows` counts rows that are not empty.
    """

    unpacked_bytes: int
    parts: int
    tags: int
    text_tags: int
    rows: int
    columns: int


def read_rows(content: bytes, limits: TableLimits, *, formulas: bool = False) -> Rows:
    """Row numbers from 1 and cells as text; of a workbook those of its first sheet.

    A formula is its last value or, with `formulas`, text that begins with `=`. Raises Unreadable,
    TooLarge and TooManyRows, at the first row or later.
    """
    if content.startswith(ZIPPED):
        return _enforce_limits(_workbook_rows(content, limits, formulas), limits)
    return _enforce_limits(_text_rows(content), limits)


def unpacked_size(content: bytes, limits: TableLimits) -> int:
    if not content.startswith(ZIPPED):
        return len(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > limits.parts or size > limits.unpacked_bytes:
                raise _too_large()
            for part in parts:
                is_texts = part.filename.lower().endswith("sharedstrings.xml")
                max_tags = limits.text_tags if is_texts else limits.tags
                if any(tags > max_tags for tags in _count_tags(packed, part)):
                    raise _too_large()
    except Unreadable:
        raise
    except Exception as error:  # zipfile raises many kinds
        raise _unreadable_workbook() from error
    return size


def _count_tags(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[int]:
    """The number of XML tags in each row; raises BadZipFile if the part states a wrong size."""
    one_more = copy(part)
    one_more.file_size = part.file_size + 1
    size, tags, rest = 0, 0, b""
    with packed.open(one_more) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            # A tag at the end of the chunk may be cut: count it with the next one.
            whole, bracket, cut = (rest + chunk).rpartition(b"<")
            *rows, last = ROW.split(whole)
            for row in rows:
                yield tags + row.count(b"<")
                tags = 0
            tags += last.count(b"<")
            rest = bracket + cut[:CHUNK_BYTES]
    yield tags + rest.count(b"<")
    if size != part.file_size:
        raise zipfile.BadZipFile


def column_name(index: int) -> str:
    high, low = divmod(index, 26)
    letters = (ascii_uppercase[high - 1] if high else "") + ascii_uppercase[low]
    return _("Column %s") % letters


def _encoding(content: bytes) -> str:
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
    has_separator_line = head.lower().startswith("sep=")  # written by Excel
    if has_separator_line and head[4:5] and head[4:5] in DELIMITERS:
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
        if line > 1 or not has_separator_line:
            yield line, row
        line = reader.line_num + 1


def _workbook_rows(content: bytes, limits: TableLimits, formulas: bool) -> Rows:
    try:
        unpacked_size(content, limits)
        book = load_workbook(
            io.BytesIO(content), read_only=True, data_only=not formulas, keep_links=False
        )
        sheet = book.worksheets[0]
        blank = (None,) * limits.columns
        for line, row in enumerate(sheet.iter_rows(max_col=limits.columns, values_only=True), 1):
            if row == blank:  # above a cell at the very bottom there are a million of these
                continue
            cells = [_format_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield line, cells
    except (Unreadable, GeneratorExit):
        raise
    except Exception as error:  # openpyxl and its parsers raise many kinds
        raise _unreadable_workbook() from error


def _too_large() -> TooLarge:
    return TooLarge(
        _("This workbook is too large: keep only the columns that are needed, or use CSV.")
    )


def _unreadable_workbook() -> Unreadable:
    return Unreadable(_("This workbook cannot be read: save it as XLSX or CSV and try again."))


def _format_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _enforce_limits(rows: Rows, limits: TableLimits) -> Rows:
    count = 0
    for line, row in rows:
        count += bool(row)
        if count > limits.rows:
            raise TooManyRows(
                _("The file has more than %s rows: upload it in parts.") % f"{limits.rows:,}"
            )
        if len(row) > limits.columns:
            raise Unreadable(
                _("Line %(line)s has more than %(most)s columns: keep only those that are needed.")
                % {"line": line, "most": limits.columns}
            )
        yield line, row
