"""The interface of `Book` for CSV: UTF-8 with a byte order mark, every text quoted (RFC 4180)."""

import csv
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Self

from locations.downloads import csv_cell
from reports.workbooks.disk import open_steadily
from reports.workbooks.xlsx import Column, Table, Value


def csv_value(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return csv_cell(value)


class CsvFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def add_rows(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
        written = 0
        with TextIOWrapper(open_steadily(self._path), encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
            writer.writerow([csv_cell(column.title) for column in columns])
            for row in rows:
                writer.writerow([csv_value(value) for value in row])
                written += 1
        return written

    def add_summary(self, lines: Iterable[tuple[str, Value]], tables: Iterable[Table] = ()) -> None:
        pass

    def add_definitions(self, columns: Iterable[Column], notes: Iterable[str] = ()) -> None:
        pass

    def save(self) -> None:
        pass
