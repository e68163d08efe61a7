"""The locations of an account as a file: rows in, CSV or Excel out, as on the page."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from reports.account.rows import Line
from reports.account.table import STATES, AccountUsage
from reports.exports.listing import file_words
from reports.forecast.forecast import Record
from reports.workbooks.csv import BOM, Cell, plain, safe
from reports.workbooks.xlsx import Book, Column, Value

WIDTHS = (32, 14, 18, 20, 14, 16, 24)


def account_filename(usage: AccountUsage, ending: str) -> str:
    """Harbor-Sons_Locations_2026-11-22.xlsx."""
    words = file_words(usage.account.name, _("Locations"))
    return f"{words}_{usage.at.date()}.{ending}"


def account_csv(usage: AccountUsage) -> bytes:
    """What is shown, on all pages, in its order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([safe(title) for title in _titles(usage)])
    writer.writerows([plain(cell) for cell in _row(line)] for line in usage.table.ordered)
    return (BOM + text.getvalue()).encode()


def account_xlsx(usage: AccountUsage, folder: Path) -> Path:
    """The same as a workbook of one sheet, with a summary; in `folder`."""
    path = folder / "locations.xlsx"
    lines = usage.table.ordered
    columns = [Column(*column) for column in zip(_titles(usage), WIDTHS, strict=True)]
    with Book(path, title=_("Locations")) as book:
        book.add_rows(_("Locations"), columns, map(list, map(_row, lines)))
        book.add_summary(_summary(usage, lines))
        book.save()
    return path


def _titles(usage: AccountUsage) -> list[str]:
    return [*(str(column.header) for column in usage.table.columns), _("Time zone")]


def _row(line: Line) -> Iterator[Cell]:
    yield line.place.name
    yield line.available
    yield line.used
    yield line.runs_out_on or _no_day(line)
    yield line.standing.renews_on
    yield str(STATES[line.state])
    yield line.place.time_zone


def _no_day(line: Line) -> str | None:
    if line.standing.is_out or line.record == Record.ENOUGH:
        return None
    return _("not enough history")


def _summary(usage: AccountUsage, lines: list[Line]) -> Iterator[tuple[str, Value]]:
    yield _("Account"), usage.account.name
    yield _("As of (%s)") % "UTC", usage.at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    if usage.name:
        yield _("Only locations with"), usage.name
    if usage.state:
        yield _("Only locations in the state"), str(STATES[usage.state])
    yield _("Locations"), len(lines)
    yield _("Available, in all"), sum(line.available for line in lines)
    yield _("Used in 30 days, in all"), sum(line.used for line in lines)
