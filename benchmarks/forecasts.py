"""The forecast beside the mean of the last 30 days, on stretches held back from real traffic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from ledger.reading.daily_usage import daily_usage
from ledger.replay.csv_files import read_folder
from locations.models import Location
from reports.forecast.forecast import DAY, pace_of
from tests.reports.held_back import AHEAD_DAYS, Errors, errors, plain_mean


@dataclass(frozen=True)
class Compared:
    """One location's errors with both methods."""

    name: str
    ours: Errors
    plain: Errors


def compared(traffic: Path) -> list[Compared]:
    """Replays the folder into the benchmarks' database, and looks at each of its locations."""
    call_command("replay_traffic", traffic, stdout=StringIO())
    names = [place.name for place in read_folder(traffic).locations]
    found = []
    for location in Location.objects.filter(name__in=names).order_by("name"):
        by_day = {row.day: -row.moved.usage for row in daily_usage(location).rows}
        days = [day for day, credits in by_day.items() if credits]
        first_on, count = min(days), (max(days) - min(days)).days + 1
        used = [by_day.get(first_on + n * DAY, 0) for n in range(count)]
        found.append(
            Compared(
                location.name, errors(used, first_on, pace_of), errors(used, first_on, plain_mean)
            )
        )
    return found


def columns() -> Iterator[tuple[str, str, Callable[[Errors], float]]]:
    """What is measured: its name, how to write it, how to read it."""
    for ahead in AHEAD_DAYS:
        yield f"{ahead}-day totals", "{:.0%} off", lambda of, ahead=ahead: of.share(ahead)
    yield "day of running out", "{:.1f} days off", lambda of: of.run_out_days
