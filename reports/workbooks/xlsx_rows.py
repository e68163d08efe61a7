"""The rows of a sheet as XML: the cells of openpyxl's write-only mode at a fifth of its cost."""

import datetime as dt
from collections.abc import Sequence
from typing import IO, Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from locations.formatting.cell_text import clean_text, is_harmless, split_runs

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  Excel's days are counted from here
SECONDS_PER_DAY = 86_400
MAX_CACHED = 4_096  # texts
MAX_CACHED_LENGTH = 64
CHUNK_CHARACTERS = 1 << 18  # characters


class SheetRows:
    """`count` is in rows, `size` in characters."""

    def __init__(self, out: IO[bytes], sheet: Any, columns: int) -> None:
        self.sheet = sheet
        self.count = 0
        self.size = 0
        self._out = out
        self._waiting: list[str] = []
        self._waiting_size = 0
        self._letters = [get_column_letter(column) for column in range(1, columns + 1)]
        # The book numbers the styles of cells.
        self._instant = WriteOnlyCell(sheet, value=EPOCH).style_id
        self._day = WriteOnlyCell(sheet, value=EPOCH.date()).style_id  # type: ignore[arg-type]
        quoted = WriteOnlyCell(sheet)
        quoted.quotePrefix = True  # and it stays text when it is edited
        self._quoted = quoted.style_id
        self._cache: dict[str, str] = {}

    def append(self, row: Sequence[Any]) -> None:
        """Write one row; raises TypeError on what is no text, number, day or naive instant."""
        number = self.count + 2  # the heading is the first
        cells = []
        for letter, value in zip(self._letters, row, strict=True):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                cell = self._cache.get(value) or self._text(value)
            elif isinstance(value, dt.datetime):
                cell = f' s="{self._instant}" t="n"><v>{_days(value):.16g}</v></c>'
            elif isinstance(value, dt.date):
                cell = f' s="{self._day}" t="n"><v>{(value - EPOCH.date()).days}</v></c>'
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"{type(value).__name__} is no value of a cell")
            elif isinstance(value, int):
                cell = f' t="n"><v>{value}</v></c>'
            else:
                cell = f' t="n"><v>{value:.16g}</v></c>'
            cells.append(f'<c r="{letter}{number}"{cell}')
        self.count += 1
        xml = f'<row r="{number}">{"".join(cells)}</row>'
        self._waiting.append(xml)
        self._waiting_size += len(xml)
        if self._waiting_size >= CHUNK_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        self._out.write("".join(self._waiting).encode())
        self.size += self._waiting_size
        self._waiting_size = 0
        self._waiting.clear()

    def _text(self, text: str) -> str:
        clean = clean_text(text)
        runs = split_runs(clean)
        if len(runs) > 1:
            marked = "".join(f"<r>{_element(run)}</r>" for run in runs)
            cell = f' s="{self._quoted}" t="inlineStr"><is>{marked}</is></c>'
        elif is_harmless(clean):
            cell = f' t="inlineStr"><is>{_element(clean)}</is></c>'
        else:
            cell = f' s="{self._quoted}" t="inlineStr"><is>{_element(clean)}</is></c>'
        if len(text) <= MAX_CACHED_LENGTH and len(self._cache) < MAX_CACHED:
            self._cache[text] = cell
        return cell


def _element(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<t>{escaped}</t>" if text == text.strip() else f'<t xml:space="preserve">{escaped}</t>'


def _days(at: dt.datetime) -> float:
    """Excel's days since its epoch. Raises TypeError on an instant with a zone."""
    since = at - EPOCH
    return since.days + (since.seconds + since.microseconds / 1e6) / SECONDS_PER_DAY
