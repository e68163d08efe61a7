import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from locations.downloads import write_csv
from reports.account.page import AccountUsage
from reports.account.rows import LocationRow
from reports.exports.listing import file_stem
from reports.forecast.forecast import HistoryState
from reports.workbooks.xlsx import Book, Column, Value

WIDTHS = (32, 14, 18, 20, 14, 16, 24)


def account_filename(usage: AccountUsage, ending: str) -> str:
    """Harbor-Sons_Locations_2026-11-22.xlsx."""
    stem = file_stem(usage.account.name, _("Locations"))
    return f"{stem}_{usage.at.date()}.{ending}"


def account_csv(usage: AccountUsage) -> bytes:
    return write_csv([_titles(usage), *map(_cells, usage.table.records)])


def account_xlsx(usage: AccountUsage, folder: Path) -> Path:
    path = folder / "locations.xlsx"
    rows = usage.table.records
    columns = [Column(*column) for column in zip(_titles(usage), WIDTHS, strict=True)]
    with Book(path, title=_("Locations")) as book:
        book.add_rows(_("Locations"), columns, map(list, map(_cells, rows)))
        book.add_summary(_summary(usage, rows))
        book.save()
    return path


def _titles(usage: AccountUsage) -> list[str]:
    return [*(str(column.header) for column in usage.table.columns), _("Time zone")]


def _cells(row: LocationRow) -> Iterator[Value]:
    yield row.location.name
    yield row.available
    yield row.used
    yield row.runs_out_on or _no_day(row)
    yield row.summary.renews_on
    yield str(row.state.label)
    yield row.location.time_zone


def _no_day(row: LocationRow) -> str | None:
    if row.summary.is_out or row.history_state == HistoryState.ENOUGH:
        return None
    return _("not enough history")


def _summary(usage: AccountUsage, rows: list[LocationRow]) -> Iterator[tuple[str, Value]]:
    yield _("Account"), usage.account.name
    yield _("As of (%s)") % "UTC", usage.at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    if usage.filter.name_part:
        yield _("Only locations with"), usage.filter.name_part
    if usage.filter.chosen_state:
        yield _("Only locations in the state"), str(usage.filter.chosen_state.label)
    yield _("Locations"), len(rows)
    yield _("Available, in all"), sum(row.available for row in rows)
    yield _("Used in 30 days, in all"), sum(row.used for row in rows)
