"""The rows of each kind of report, as they go into its file."""

import datetime as dt

from ledger.daily import daily_usage
from locations.models import Location
from reports.models import ReportKind
from reports.rows import chat, international, statement
from reports.rows.reading import Rows

READ = {
    ReportKind.INTERNATIONAL: international.read,
    ReportKind.CHAT: chat.read,
    ReportKind.STATEMENT: statement.read,
}


def rows_of(kind: str, location: Location, first_on: dt.date, last_on: dt.date) -> Rows:
    """The rows of a report of this kind for these days of the location, both included.

    Call it, and read the rows, in one transaction with one snapshot.
    """
    usage = daily_usage(location, first_on, last_on)
    return READ[ReportKind(kind)](location, usage, first_on, last_on)
