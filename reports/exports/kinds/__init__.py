import datetime as dt

from ledger.reading.daily_usage import daily_usage
from locations.models import Location
from reports.exports.kinds import chat, international, statement
from reports.exports.kinds.base import Rows
from reports.models import ReportKind


def read_rows(
    kind: str, location: Location, first_on: dt.date, last_on: dt.date, *, masked: bool = False
) -> Rows:
    """Call it, and read the rows, in one transaction with one snapshot."""
    usage = daily_usage(location, first_on, last_on)
    match ReportKind(kind):
        case ReportKind.INTERNATIONAL | ReportKind.TEXTS | ReportKind.CALLS:
            channels = international.channels_for(kind)
            return international.read(
                location, usage, first_on, last_on, channels=channels, masked=masked
            )
        case ReportKind.CHAT:
            return chat.read(location, usage, first_on, last_on, masked=masked)
        case ReportKind.STATEMENT:
            return statement.read(location, usage, first_on, last_on)
