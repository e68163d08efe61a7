import calendar
import datetime as dt
from zoneinfo import ZoneInfo


def add_months(first: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day where it is shorter.

    Always count from a contract's first day: 31 January, 28 February, 31 March.
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    month += 1
    return dt.date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def day_starts_at(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    # fold=0: after the gap where clocks skip midnight (Cairo, Beirut, Santiago), and at the first
    # midnight where there are two (Havana, Azores).
    return dt.datetime.combine(day, dt.time.min, tzinfo=zone).astimezone(dt.UTC)


def local_day(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    return at.astimezone(zone).date()
