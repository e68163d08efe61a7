"""Files to download: CSV whose text no spreadsheet takes for a formula, and their responses."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from typing import IO, Any

from django.http import FileResponse

from locations.formatting.cell_text import clean_text

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"  # without it Excel does not read UTF-8
# The start of a formula, also where the text would begin a cell only in a program that splits at
# semicolons, tabs or lines. A number like +49151234567 is harmless as a formula.
FORMULA_START = re.compile(r"(\A|[;\t\n])(?=[=@\t\uff1d\uff0b\uff0d\uff20-]|\+(?!\d+\Z))")


def escape_formulas(text: str) -> str:
    """Put an apostrophe before each start of a formula."""
    return FORMULA_START.sub(r"\1'", clean_text(text))


def csv_cell(value: Any) -> Any:
    if isinstance(value, str):
        return escape_formulas(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date) else value


def write_csv(rows: Iterable[Iterable[Any]], *, bom: bool = True) -> bytes:
    text = io.StringIO(BOM if bom else "", newline="")
    text.seek(0, io.SEEK_END)
    csv.writer(text).writerows([csv_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def download(content: bytes | IO[bytes], content_type: str, file_name: str) -> FileResponse:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return FileResponse(file, as_attachment=True, filename=file_name, content_type=content_type)
