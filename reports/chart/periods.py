import datetime as dt
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.reading.daily_usage import Day, Movement, added_up
from locations.calendar import add_months
from locations.formatting.dates import format_date, format_date_range

MAX_DAYS_BY_DAY = 92  # 90 days and any quarter fit
MAX_DAYS_BY_WEEK = 400  # a term of a year fits


class Length(enum.StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @classmethod
    def for_days(cls, count: int) -> "Length":
        if count <= MAX_DAYS_BY_DAY:
            return cls.DAY
        return cls.WEEK if count <= MAX_DAYS_BY_WEEK else cls.MONTH

    def starts_on(self, day: dt.date) -> dt.date:
        if self is Length.WEEK:
            return day - dt.timedelta(days=day.weekday())
        return day.replace(day=1) if self is Length.MONTH else day

    def ends_on(self, day: dt.date) -> dt.date:
        start = self.starts_on(day)
        if self is Length.WEEK:
            return start + dt.timedelta(days=6)
        return add_months(start, 1) - dt.timedelta(days=1) if self is Length.MONTH else day


@dataclass(frozen=True, slots=True)
class Period:
    """`closing` is the balance at its end; `granted` is None unless a term began."""

    length: Length
    first_on: dt.date
    last_on: dt.date
    moved: Movement
    closing: int
    bought: int
    granted: int | None

    @property
    def is_whole(self) -> bool:
        start, end = self.length.starts_on(self.first_on), self.length.ends_on(self.first_on)
        return (start, end) == (self.first_on, self.last_on)

    @property
    def label(self) -> str:
        """Thu 19 Nov 2026; 16 Nov – 22 Nov 2026; November 2026, if it is all of November."""
        if self.length is Length.DAY:
            return format_date(self.first_on, "D j M Y")
        if self.length is Length.MONTH and self.is_whole:
            return format_date(self.first_on, "F Y")
        return format_date_range(self.first_on, self.last_on)


def group_days(days: Iterable[Day], length: Length) -> Iterator[Period]:
    """The days must be in order and without gaps."""
    group: list[Day] = []
    ends_on = dt.date.min
    for day in days:
        if group and day.day > ends_on:
            yield _period(group, length)
            group = []
        if not group:
            ends_on = length.ends_on(day.day)
        group.append(day)
    if group:
        yield _period(group, length)


def _period(days: list[Day], length: Length) -> Period:
    grants = [day.granted for day in days if day.granted is not None]
    return Period(
        length=length,
        first_on=days[0].day,
        last_on=days[-1].day,
        moved=added_up([day.moved for day in days]),
        closing=days[-1].closing,
        bought=sum([day.bought for day in days]),
        granted=sum(grants) if grants else None,
    )
