"""Three programs that read workbooks: openpyxl, calamine and LibreOffice, asked for plain rows."""

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

PATIENCE_SECONDS = 300
WHERE = "No LibreOffice was found: install libreoffice-calc, or name it with SOFFICE=/path/to/it."

Sheets = dict[str, list[list[Any]]]


def by_openpyxl(path: Path) -> Sheets:
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {sheet.title: plain(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    finally:
        book.close()


def by_calamine(path: Path) -> Sheets:
    book = CalamineWorkbook.from_path(str(path))
    return {name: plain(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}


def by_office(paths: Sequence[Path], folder: Path) -> list[Sheets]:
    """What LibreOffice makes of each: its own files, in `folder`, as calamine reads those.

    A tab is an element of its own in such a file, which calamine passes over.
    """
    converted = folder / "office"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office(), profile, "--headless", "--convert-to", "ods:calc8"]
    subprocess.run(
        [*command, "--outdir", converted, *paths],
        check=True,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    return [by_calamine(converted / f"{path.stem}.ods") for path in paths]


def office() -> str:
    """The program; not to find it is a failure, never a skip."""
    for name in (os.environ.get("SOFFICE", ""), "soffice", "libreoffice"):
        if name and (found := shutil.which(name)):
            return found
    raise AssertionError(WHERE)


def without_tabs(sheets: Sheets) -> Sheets:
    return {
        name: [[v.replace("\t", "") if isinstance(v, str) else v for v in row] for row in rows]
        for name, rows in sheets.items()
    }


def plain(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """Rows without the empty cells at their ends and the empty rows at theirs."""
    found = []
    for row in rows:
        cells = [_plain(value) for value in row]
        while cells and cells[-1] == "":
            cells.pop()
        found.append(cells)
    while found and not found[-1]:
        found.pop()
    return found


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return value
