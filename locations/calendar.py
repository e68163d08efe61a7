"""Days, months and midnights of a location (domain.md section 2, *Term*)."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo


def add_months(first: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later, or that month's last day where it is shorter.

    Always counted from a contract's first day: 31 January, 28 February, 31 March; never from
    the day before, which would stay on the 28th.
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    month += 1
    return dt.date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def day_starts_at(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first instant (aware UTC) of a local day.

    Where clocks skip midnight (Cairo, Beirut, Santiago) the day begins after the gap; where
    midnight comes twice (Havana, Azores) it begins at the first: both are what fold=0 gives.
    """
    return dt.datetime.combine(day, dt.time.min, tzinfo=zone).astimezone(dt.UTC)


def local_day(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The day of an aware instant in the zone."""
    return at.astimezone(zone).date()
