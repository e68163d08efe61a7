"""How far a forecast is off on the days that come after what it was given.

`benchmarks/forecasts.py` asks it for replayed traffic, the tests for histories made up.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reports.forecast.forecast import DAY, DailyRate, History, HistoryState, build_history

AHEAD_DAYS = (14, 30, 60)
EVERY_DAYS = 7
FIRST_CUT = 30  # the plain mean of 30 days needs as many
BALANCE_DAYS = 45  # the balance that runs out, in average days
LONGEST_RUN = 90

Method = Callable[[History], DailyRate]


@dataclass
class Errors:
    """Sums over many cuts; of totals, the credits by which they were off, and the credits used."""

    off: dict[int, float] = field(default_factory=lambda: dict.fromkeys(AHEAD_DAYS, 0.0))
    used: dict[int, float] = field(default_factory=lambda: dict.fromkeys(AHEAD_DAYS, 0.0))
    runs_off: list[int] = field(default_factory=list)
    within_half_and_twice: list[bool] = field(default_factory=list)

    def share(self, ahead: int) -> float:
        """By which share of what was used the totals of so many days were off."""
        return self.off[ahead] / self.used[ahead]

    @property
    def run_out_days(self) -> float:
        """By how many days the day on which a balance runs out was off, on average."""
        return sum(self.runs_off) / len(self.runs_off)


def plain_mean(history: History) -> DailyRate:
    """What everybody does: the mean of the last 30 days."""
    last = history.used[-30:]
    return DailyRate((sum(last) / len(last),) * 7)


def errors(used: Sequence[int], first_on: dt.date, method: Method) -> Errors:
    """Of forecasts from every seventh day of a history, each knowing only the days before it."""
    found = Errors()
    by_day = {first_on + n * DAY: credits for n, credits in enumerate(used)}
    balance = BALANCE_DAYS * sum(used) / len(used)
    for cut in range(FIRST_CUT, len(used) - max(AHEAD_DAYS) + 1, EVERY_DAYS):
        today = first_on + cut * DAY
        known = {day: credits for day, credits in by_day.items() if day < today}
        history = build_history(known, today)
        if history.state != HistoryState.ENOUGH:
            continue
        daily_rate = method(history)
        expected = [daily_rate.on(today + n * DAY) for n in range(LONGEST_RUN)]
        came = used[cut:]
        for ahead in AHEAD_DAYS:
            found.off[ahead] += abs(sum(expected[:ahead]) - sum(came[:ahead]))
            found.used[ahead] += sum(came[:ahead])
        ratio = sum(came[:60]) / max(1e-9, sum(expected[:60]))
        found.within_half_and_twice.append(0.5 <= ratio <= 2)
        if len(came) >= LONGEST_RUN:
            found.runs_off.append(abs(_runs_out(expected, balance) - _runs_out(came, balance)))
    return found


def _runs_out(daily: Sequence[float], balance: float) -> int:
    """After how many days; LONGEST_RUN where it is not before."""
    for day, credits in enumerate(daily[:LONGEST_RUN]):
        balance -= credits
        if balance <= 0:
            return day
    return LONGEST_RUN
