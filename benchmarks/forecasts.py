"""Compare the forecast with the mean of 30 days on held-back days of recorded traffic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from ledger.reading.daily_usage import daily_usage
from ledger.replay.csv_files import read_folder
from locations.models import Location
from reports.forecast.forecast import DAY, compute_daily_rate
from tests.reports.held_back import AHEAD_DAYS, Errors, errors, plain_mean


@dataclass(frozen=True)
class ForecastComparison:
    name: str
    ours: Errors
    plain: Errors


def compare_methods(traffic: Path) -> list[ForecastComparison]:
    call_command("replay_traffic", traffic, stdout=StringIO())
    names = [location.name for location in read_folder(traffic).locations]
    comparisons = []
    for location in Location.objects.filter(name__in=names).order_by("name"):
        by_day = {row.day: -row.moved.usage for row in daily_usage(location).rows}
        days = [day for day, credits in by_day.items() if credits]
        first_on, count = min(days), (max(days) - min(days)).days + 1
        used = [by_day.get(first_on + n * DAY, 0) for n in range(count)]
        comparisons.append(
            ForecastComparison(
                location.name,
                errors(used, first_on, compute_daily_rate),
                errors(used, first_on, plain_mean),
            )
        )
    return comparisons


def measures() -> Iterator[tuple[str, str, Callable[[Errors], float]]]:
    for ahead in AHEAD_DAYS:
        yield f"{ahead}-day totals", "{:.0%} off", partial(Errors.share, ahead=ahead)
    yield "day of running out", "{:.1f} days off", lambda errors: errors.run_out_days
