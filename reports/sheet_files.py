"""The file of one sheet: openpyxl's heading and end around rows that were written beside it."""

import os
from collections.abc import Iterable
from pathlib import Path

from openpyxl.worksheet._writer import WorksheetWriter

SHEET_ENDS = b"</sheetData>"


class HeadingTooLong(Exception):
    """What stands above the rows does not fit into the room that was left for it."""


def room_above(titles: Iterable[str]) -> int:
    """Bytes that are enough for all that stands in a sheet above its rows, escapes included."""
    return 8_192 + sum(400 + 8 * len(title.encode()) for title in titles)


class SheetFile(WorksheetWriter):
    """Writes to a file of ours: openpyxl's own ones stay in /tmp when a build fails."""

    more_rows: Path | None = None
    room = 0  # bytes at the start of more_rows

    def close(self) -> None:
        """End the sheet's file; rows that were written beside it follow its heading."""
        super().close()
        if self.more_rows is not None:
            out = Path(str(self.out))
            heading, tail = out.read_bytes().rsplit(SHEET_ENDS, 1)
            if len(heading) > self.room:
                raise HeadingTooLong(f"{len(heading):,} bytes do not fit into {self.room:,}.")
            with self.more_rows.open("r+b") as rows:
                rows.write(heading)
                rows.seek(0, os.SEEK_END)
                rows.write(SHEET_ENDS + tail)
            self.more_rows.replace(out)

    def cleanup(self) -> None:
        Path(str(self.out)).unlink()
