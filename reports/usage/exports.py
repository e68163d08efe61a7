from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ledger.reading.daily_usage import Day, Movement
from locations.downloads import write_csv
from reports.exports.listing import file_stem
from reports.usage.selection import SelectedDays
from reports.workbooks.xlsx import Book, Column, Value


def days_filename(days: SelectedDays, ending: str) -> str:
    stem = file_stem(days.location.name, _("Daily Usage"))
    return f"{stem}_{days.first_on}_{days.last_on}.{ending}"


def days_csv(days: SelectedDays) -> bytes:
    titles = [title for title, width in _columns()]
    return write_csv([titles, *map(_row, days.rows), *_foot(days)])


def days_xlsx(days: SelectedDays, folder: Path) -> Path:
    path = folder / "days.xlsx"
    with Book(path, title=_("Daily Usage")) as book:
        book.add_rows(
            pgettext("sheet", "Days"),
            [Column(*column) for column in _columns()],
            map(_row, days.rows),
        )
        book.add_summary(_summary(days))
        book.save()
    return path


def _columns() -> list[tuple[str, int]]:
    return [
        (_("Day"), 14),
        (_("Additions"), 14),
        (_("Texts"), 14),
        (_("Calls"), 14),
        (_("Chat"), 14),
        (_("Lapsed, other"), 14),
        (_("Net"), 14),
        (_("Closing balance"), 16),
    ]


def _moved(moved: Movement) -> list[int]:
    return [moved.additions, moved.text, moved.voice, moved.chat, moved.other, moved.net]


def _row(day: Day) -> list[Value]:
    return [day.day, *_moved(day.moved), day.closing]


def _foot(days: SelectedDays) -> Iterator[list[Value]]:
    usage = days.usage
    yield [_("Total"), *_moved(usage.rows_total), None]
    if usage.rows_total != usage.total:
        yield [_("All movements"), *_moved(usage.total), None]
    yield [_("Opening balance"), *[None] * 6, usage.opening]
    yield [_("Closing balance"), *[None] * 6, usage.closing]


def _summary(days: SelectedDays) -> Iterator[tuple[str, Value]]:
    location, usage, zone = days.location, days.usage, days.location.time_zone
    yield _("Account"), location.account.name
    yield _("Location"), location.name
    yield _("First day"), days.first_on
    yield _("Last day (included)"), days.last_on
    yield _("Time zone"), zone
    as_of = days.at.astimezone(location.zone).replace(microsecond=0, tzinfo=None)
    yield _("As of (%s)") % zone, as_of
    if days.filter.kinds:
        yield _("Only days with"), ", ".join(days.filter.kind_names)
    yield _("Days without movement"), _("Listed") if days.filter.with_quiet_days else _("Left out")
    yield _("Days listed"), len(days.rows)
    yield _("Opening balance"), usage.opening
    names = [title for title, width in _columns()[1:7]]
    if usage.rows_total != usage.total:
        for name, credits in zip(names, _moved(usage.rows_total), strict=True):
            yield _("%s, on the days listed") % name, credits
    for name, credits in zip(names, _moved(usage.total), strict=True):
        yield name, credits
    yield _("Closing balance"), usage.closing
