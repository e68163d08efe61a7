"""The pace of many locations at once: remembered for a day, made anew where that has passed.

Reading 180 days of a thousand locations takes a second or two, and what they say changes once
a day. So it is kept (`LocationDailyRate`): the schedule makes it after midnight, and a page that
finds it missing or outdated makes it itself. What was used today is read from the entries each
time.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Sum

from ledger.engine.pg_arrays import plain_array
from ledger.models import Balance, Entry
from ledger.models.kinds import USAGE
from locations.calendar import local_day
from locations.models import Location
from reports.forecast.forecast import DAY, HISTORY_DAYS, Pace, Record, history_of, pace_of
from reports.models import LocationDailyRate

USED_DAYS = 30  # today and the 29 days before it
RECORDS = {record.value: record for record in Record}
AT_ONCE = 500  # locations whose days are read in one statement

# What is remembered where it still holds, and what was used today. No location is left out.
# No entry is beyond the balance's last number. But without that end PostgreSQL takes a third of a
# location's entries for late ones, and reads them all where the index of numbers would find none.
KEPT = """
    SELECT l.id, coalesce(today.used, 0), p.used_before,
           CASE WHEN today.used > 0 THEN p.record_if_used ELSE p.record END, p.by_weekday
      FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS l (id, day)
      LEFT JOIN ledger_balance b ON b.location_id = l.id
      LEFT JOIN reports_locationdailyrate p ON p.location_id = l.id AND p.day = l.day
            AND NOT EXISTS (
                SELECT FROM ledger_entry late
                 WHERE late.location_id = l.id
                   AND late.number > p.through_number AND late.number <= b.last_number
                   AND late.day < l.day AND late.kind = ANY (%(usage)s))
      LEFT JOIN LATERAL (
                SELECT -sum(e.contract_delta + e.purchased_delta)::bigint AS used
                  FROM ledger_entry e
                 WHERE e.location_id = l.id AND e.day = l.day AND e.kind = ANY (%(usage)s)
           ) today ON true
    """


class Used(NamedTuple):
    """What a location used in 30 days, today included, and its pace where the record is enough."""

    used: int
    today: int
    record: Record
    by_weekday: list[float] | None

    @property
    def pace(self) -> Pace | None:
        return None if self.by_weekday is None else Pace(tuple(self.by_weekday))


def used_by(days: Mapping[int, dt.date]) -> tuple[dict[int, Used], list[LocationDailyRate]]:
    """What each of these locations used, by its id and its day today; two statements at most.

    Besides it what was not remembered, or did not hold any more: for `keep`.
    """
    if not days:
        return {}, []
    found: dict[int, Used] = {}
    today: dict[int, int] = {}
    with connection.cursor() as cursor:
        ids, on = plain_array(list(days)), plain_array(list(days.values()))
        cursor.execute(KEPT, {"ids": ids, "days": on, "usage": list(USAGE)})
        for location_id, used_today, before, record, by_weekday in cursor.fetchall():
            if record is None:
                today[location_id] = used_today
            else:
                found[location_id] = _used(before, used_today, record, by_weekday)
    made = list(_made({location_id: days[location_id] for location_id in today}))
    for each in made:
        used_today = today[each.location_id]
        record = each.record_if_used if used_today else each.record
        found[each.location_id] = _used(each.used_before, used_today, record, each.by_weekday)
    return found, made


def keep(made: list[LocationDailyRate]) -> None:
    """Remember them for whoever asks next."""
    LocationDailyRate.objects.bulk_create(
        # In one order: of two that keep the same ones neither waits for the other.
        sorted(made, key=lambda each: each.location_id),
        update_conflicts=True,
        unique_fields=["location"],
        update_fields=[
            "day",
            "through_number",
            "used_before",
            "record",
            "record_if_used",
            "by_weekday",
        ],
    )


def keep_up(*, at: dt.datetime) -> int:
    """Make anew what does not hold any more, of every location; how many that were."""
    days = {place.pk: local_day(at, place.zone) for place in Location.objects.order_by("pk")}
    ids, count = list(days), 0
    for first in range(0, len(ids), AT_ONCE):
        _found, made = used_by({pk: days[pk] for pk in ids[first : first + AT_ONCE]})
        keep(made)
        count += len(made)
    return count


def _used(before: int, today: int, record: str, by_weekday: list[float] | None) -> Used:
    kept = RECORDS[record]
    return Used(before + today, today, kept, by_weekday if kept is Record.ENOUGH else None)


def _made(days: Mapping[int, dt.date]) -> Iterator[LocationDailyRate]:
    if not days:
        return
    # The numbers first: what is posted meanwhile is then looked at twice, and never missed.
    through = dict(
        Balance.objects.filter(location_id__in=days).values_list("location_id", "last_number")
    )
    used = _used_by_day(days)
    for location_id, today in days.items():
        of_location = used[location_id]
        history = history_of(of_location, today)
        if_used = replace(history, used_today=1).record
        first_on = today - (USED_DAYS - 1) * DAY
        yield LocationDailyRate(
            location_id=location_id,
            day=today,
            through_number=through.get(location_id, 0),
            used_before=sum(used for day, used in of_location.items() if day >= first_on),
            record=history.record.value,
            record_if_used=if_used.value,
            by_weekday=list(pace_of(history).by_weekday) if if_used == Record.ENOUGH else None,
        )


def _used_by_day(days: Mapping[int, dt.date]) -> dict[int, dict[dt.date, int]]:
    """Credits used by location on each day before today, as far as a forecast looks back."""
    rows = (
        Entry.objects.filter(
            location_id__in=days,
            day__gte=min(days.values()) - HISTORY_DAYS * DAY,
            kind__in=USAGE,
        )
        .order_by()
        .values_list("location_id", "day")
        .annotate(used=Sum(-F("contract_delta") - F("purchased_delta")))
    )
    used: dict[int, dict[dt.date, int]] = defaultdict(dict)
    for location_id, day, credits in rows:
        if day < days[location_id]:
            used[location_id][day] = credits
    return used
