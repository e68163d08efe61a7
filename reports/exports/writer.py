import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.models import Balance
from locations.jobs import Lease
from locations.models import Location
from reports.exports.kinds import read_rows
from reports.exports.kinds.base import Rows
from reports.models import Report, ReportFormat, ReportKind
from reports.workbooks.csv import CsvFile
from reports.workbooks.xlsx import Book, Value

ROWS_BETWEEN_HEARTBEATS = 200
WHICH_DAYS = gettext_lazy(
    "A message stands on the day on which the daily table counts it: a broadcast on that of its "
    "first message, what was reported after its term on that of the report."
)
FILTERS = {
    ReportKind.TEXTS: gettext_lazy("Texts alone"),
    ReportKind.CALLS: gettext_lazy("Calls alone"),
}


class CannotBuild(Exception):
    """The file is not correct; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Built:
    rows: int
    credits: int
    size_bytes: int


def write(
    report: Report,
    path: Path,
    lease: Lease,
    clock: Callable[[], dt.datetime],
    rows_per_sheet: int,
) -> Built:
    with _file(report, path, rows_per_sheet) as file:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            location = Location.objects.select_related("account").get(pk=report.location_id)
            rows = read_rows(
                report.kind, location, report.first_on, report.last_on, masked=report.masked
            )
            balance = Balance.objects.filter(location=location).first()
            as_of, at = balance.last_number if balance else 0, clock()
            lease.renew(0, rows.messages)
            counter = CreditCounter(rows, lease)
            written = file.add_rows(rows.sheet, rows.columns, counter.count())
        _check_credits(rows, written, credits=counter.credits)
        file.add_summary(
            [
                *_describe(report, location, as_of=as_of, at=at),
                *rows.totals,
                (rows.sum_labels[0], counter.credits),
                (rows.sum_labels[1], sum(rows.expected.values())),
                (_("They agree"), _("Yes")),  # or there would be no file
            ],
            rows.tables,
        )
        file.add_definitions(rows.columns, [str(WHICH_DAYS)])
        file.save()
    return Built(written, counter.credits, path.stat().st_size)


def _file(report: Report, path: Path, rows_per_sheet: int) -> Book | CsvFile:
    if report.format == ReportFormat.CSV:
        return CsvFile(path)
    return Book(path, title=report.get_kind_display(), rows_per_sheet=rows_per_sheet)


class CreditCounter:
    def __init__(self, rows: Rows, lease: Lease) -> None:
        self._rows = rows
        self._lease = lease
        self.credits = 0

    def count(self) -> Iterator[tuple[Any, ...]]:
        credits_at = self._rows.credits_at
        for number, row in enumerate(self._rows.rows, 1):
            self.credits += row[credits_at]
            yield row
            if number % ROWS_BETWEEN_HEARTBEATS == 0:
                self._lease.heartbeat(number)


def _check_credits(rows: Rows, written: int, *, credits: int) -> None:
    usage = sum(rows.expected.values())
    if written != rows.messages:
        raise CannotBuild(
            ngettext(
                "%(written)s of %(all)s row was written.",
                "%(written)s of %(all)s rows were written.",
                rows.messages,
            )
            % {"written": number_format(written), "all": number_format(rows.messages)}
        )
    if credits != usage:
        raise CannotBuild(
            ngettext(
                "The rows come to %(found)s credit, the daily table says %(said)s: the report is "
                "kept back until they agree. Tell whoever runs this product.",
                "The rows come to %(found)s credits, the daily table says %(said)s: the report is "
                "kept back until they agree. Tell whoever runs this product.",
                abs(credits),
            )
            % {"found": number_format(credits), "said": number_format(usage)}
        )
    for day in sorted(rows.counted.keys() | rows.expected.keys()):
        counted, expected = rows.counted.get(day, 0), rows.expected.get(day, 0)
        if counted != expected:
            raise CannotBuild(
                ngettext(
                    "On %(day)s the rows come to %(found)s credit, the daily table says %(said)s: "
                    "the report is kept back until they agree. Tell whoever runs this product.",
                    "On %(day)s the rows come to %(found)s credits, the daily table says %(said)s: "
                    "the report is kept back until they agree. Tell whoever runs this product.",
                    abs(counted),
                )
                % {"day": day, "found": number_format(counted), "said": number_format(expected)}
            )


def _describe(
    report: Report, location: Location, *, as_of: int, at: dt.datetime
) -> list[tuple[str, Value]]:
    zone = location.time_zone
    return [
        (_("Account"), location.account.name),
        (_("Location"), location.name),
        (_("First day"), report.first_on),
        (_("Last day (included)"), report.last_on),
        (_("Filters"), str(FILTERS.get(ReportKind(report.kind), _("None")))),
        (_("Time zone"), zone),
        (
            _("Built at (%(zone)s)") % {"zone": zone},
            at.astimezone(location.zone).replace(microsecond=0, tzinfo=None),
        ),
        (_("As of ledger entry number"), as_of),
        *([(_("Phone numbers"), _("Masked for the role of who asked"))] if report.masked else []),
    ]
