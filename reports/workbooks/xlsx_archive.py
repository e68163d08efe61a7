"""Sheets are compressed into the archive as rows come: a temporary file would be written twice."""

from collections.abc import Iterable
from typing import Any
from zipfile import ZipFile

from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter


class SheetFile(WorksheetWriter):
    def __init__(self, sheet: Any, archive: ZipFile) -> None:
        # The number that ExcelWriter gives it when the book is put together.
        number = sheet.parent.index(sheet) + 1
        self.entry = archive.open(f"xl/worksheets/sheet{number}.xml", "w")
        super().__init__(sheet, out=self.entry)

    def write_row(self, xf: Any, row: Iterable[Any], row_idx: int) -> None:
        super().write_row(xf, row, row_idx)
        xf.flush()  # rows of ours may follow

    def close(self) -> None:
        super().close()
        self.entry.close()


class BookFile(ExcelWriter):
    def write_worksheet(self, ws: Any) -> None:
        ws._rels = ws._writer._rels
        self.manifest.append(ws)
