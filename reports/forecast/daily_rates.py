"""Usage and daily rates of many locations, cached for one day. Usage of today is never cached."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from django.db.models import F, Sum

from ledger.engine.pg_arrays import plain_array
from ledger.models import Balance, Entry
from ledger.models.kinds import USAGE
from locations.calendar import local_day
from locations.db.sql import fetch_rows
from locations.models import Location
from reports.forecast.forecast import (
    DAY,
    HISTORY_DAYS,
    DailyRate,
    HistoryState,
    build_history,
    compute_daily_rate,
)
from reports.models import LocationDailyRate

USAGE_DAYS = 30  # today and the 29 days before it
BATCH_SIZE = 500  # locations whose days are read in one query

# The cached row where it is still valid, and what was used today; one row for each location.
# Without the balance's last number as an upper end PostgreSQL estimates a third of the entries to
# be late, and reads them all instead of using the index of numbers.
CACHED_RATES = """
    SELECT l.id, coalesce(today.used, 0), p.used_before,
           CASE WHEN today.used > 0 THEN p.history_state_if_used ELSE p.history_state END,
           p.by_weekday
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


class LocationUsage(NamedTuple):
    """Credits used in 30 days, today included; `by_weekday` is None with too short a history."""

    used: int
    today: int
    history_state: HistoryState
    by_weekday: list[float] | None

    @property
    def daily_rate(self) -> DailyRate | None:
        return None if self.by_weekday is None else DailyRate(tuple(self.by_weekday))


def load_location_usage(
    days: Mapping[int, dt.date],
) -> tuple[dict[int, LocationUsage], list[LocationDailyRate]]:
    """Usage by location id, and the rates to pass to `save_daily_rates`; four queries at most."""
    if not days:
        return {}, []
    usage: dict[int, LocationUsage] = {}
    missing: dict[int, int] = {}
    for location_id, used_today, used_before, state, by_weekday in fetch_rows(
        CACHED_RATES,
        ids=plain_array(list(days)),
        days=plain_array(list(days.values())),
        usage=list(USAGE),
    ):
        if state is None:
            missing[location_id] = used_today
        else:
            usage[location_id] = _build_usage(used_before, used_today, state, by_weekday)
    computed = list(_compute_rates({location_id: days[location_id] for location_id in missing}))
    for rate in computed:
        used_today = missing[rate.location_id]
        state = rate.history_state_if_used if used_today else rate.history_state
        usage[rate.location_id] = _build_usage(rate.used_before, used_today, state, rate.by_weekday)
    return usage, computed


def save_daily_rates(rates: list[LocationDailyRate]) -> None:
    LocationDailyRate.objects.bulk_create(
        # In one order, so that two that save the same rows cannot deadlock.
        sorted(rates, key=lambda rate: rate.location_id),
        update_conflicts=True,
        unique_fields=["location"],
        update_fields=[
            "day",
            "through_number",
            "used_before",
            "history_state",
            "history_state_if_used",
            "by_weekday",
        ],
    )


def refresh_daily_rates(*, at: dt.datetime) -> int:
    days = {location.pk: local_day(at, location.zone) for location in Location.objects.all()}
    ids, count = sorted(days), 0
    for first in range(0, len(ids), BATCH_SIZE):
        _, computed = load_location_usage({pk: days[pk] for pk in ids[first : first + BATCH_SIZE]})
        save_daily_rates(computed)
        count += len(computed)
    return count


def _build_usage(
    used_before: int, used_today: int, state: str, by_weekday: list[float] | None
) -> LocationUsage:
    history_state = HistoryState(state)
    if history_state != HistoryState.ENOUGH:
        by_weekday = None
    return LocationUsage(used_before + used_today, used_today, history_state, by_weekday)


def _compute_rates(days: Mapping[int, dt.date]) -> Iterator[LocationDailyRate]:
    if not days:
        return
    # Read the numbers first: an entry posted meanwhile is then read twice, never missed.
    through = dict(
        Balance.objects.filter(location_id__in=days).values_list("location_id", "last_number")
    )
    used = _used_by_day(days)
    for location_id, today in days.items():
        used_on = used[location_id]
        history = build_history(used_on, today)
        state_if_used = replace(history, used_today=1).state
        first_on = today - (USAGE_DAYS - 1) * DAY
        has_rate = state_if_used == HistoryState.ENOUGH
        yield LocationDailyRate(
            location_id=location_id,
            day=today,
            through_number=through.get(location_id, 0),
            used_before=sum(credits for day, credits in used_on.items() if day >= first_on),
            history_state=history.state.value,
            history_state_if_used=state_if_used.value,
            by_weekday=list(compute_daily_rate(history).by_weekday) if has_rate else None,
        )


def _used_by_day(days: Mapping[int, dt.date]) -> dict[int, dict[dt.date, int]]:
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
