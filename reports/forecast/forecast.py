"""The usage of a location by weekday, and the projection of its balance from it.

`benchmarks/forecasts.py` compares the method with the mean of the last 30 days; the figures are
in docs/performance.md.

1. The history is the usage of each whole day of the last 180, from the first day with any.
2. A day counts for at most eight average days of its history, or for its third largest day where
   that is more: one large broadcast must not be forecast again for months, three are the usual
   size.
3. Each weekday has its own mean, so that weekends do not lower the Mondays.
4. In these means a day weighs half as much as one 30 days younger. Longer half-lives follow growth
   or a slump too late.
5. With fewer than 14 days, fewer than 5 days with usage, or 28 days without any, there is no
   forecast.

What was not sent because no credits were left is unknown: such days count as they were. The sum
of 60 days lay between half and twice the forecast in four cases of five; hence the projections at
half and at twice the rate.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ledger.reading.daily_usage import DailyUsage
from locations.models import DebtAtRenewal
from reports.balance.summary import BalanceSummary

HISTORY_DAYS = 180
HALF_LIFE_DAYS = 30
MAX_AVERAGE_DAYS = 8  # what a day counts for at most, unless as large ones are usual
MIN_DAYS = 14
MIN_DAYS_WITH_USAGE = 5
SILENT_DAYS = 28
MAX_DAYS_AHEAD = 3 * 365  # of a projection without a contract that ends it
HALF = 0.5  # credits are whole: what is less is none
DAY = dt.timedelta(days=1)


class HistoryState(Enum):
    ENOUGH = "enough"
    NOTHING_USED = "nothing used"
    SHORT = "short"
    SPARSE = "sparse"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class History:
    """Credits used on each day from the first with usage until yesterday, oldest first."""

    first_on: dt.date
    used: tuple[int, ...]
    used_today: int

    @property
    def state(self) -> HistoryState:
        days_with_usage = sum(1 for used in self.used if used)
        if not self.used:
            return HistoryState.SHORT if self.used_today else HistoryState.NOTHING_USED
        if len(self.used) >= SILENT_DAYS and not any((*self.used[-SILENT_DAYS:], self.used_today)):
            return HistoryState.SILENT
        if len(self.used) < MIN_DAYS:
            return HistoryState.SHORT
        return (
            HistoryState.ENOUGH if days_with_usage >= MIN_DAYS_WITH_USAGE else HistoryState.SPARSE
        )

    @property
    def last_used_on(self) -> dt.date | None:
        for back, used in enumerate(reversed(self.used), start=1):
            if used:
                return self.first_on + (len(self.used) - back) * DAY
        return None


@dataclass(frozen=True, slots=True)
class DailyRate:
    """Credits expected to be used on each weekday, Monday first."""

    by_weekday: tuple[float, ...]

    def on(self, day: dt.date) -> float:
        return self.by_weekday[day.weekday()]

    @property
    def per_week(self) -> float:
        return sum(self.by_weekday)

    @property
    def per_weekday(self) -> float:
        return sum(self.by_weekday[:5]) / 5

    @property
    def per_weekend_day(self) -> float:
        return sum(self.by_weekday[5:]) / 2


@dataclass(frozen=True, slots=True)
class Projection:
    """A balance projected at one rate until the step after the next.

    `lapses` and `left` are the contract credits and all credits just before the next step.
    """

    runs_out_on: dt.date | None
    overdraft_ends_on: dt.date | None
    lapses: int
    left: int

    def runs_out_before(self, day: dt.date) -> bool:
        return self.runs_out_on is not None and self.runs_out_on < day


@dataclass(frozen=True, slots=True)
class Forecast:
    history_state: HistoryState
    history: History
    daily_rate: DailyRate | None = None
    likely: Projection | None = None
    at_half: Projection | None = None
    at_twice: Projection | None = None


def forecast(usage: DailyUsage, summary: BalanceSummary) -> Forecast:
    used = {row.day: -row.moved.usage for row in usage.days}
    history = build_history(used, summary.today)
    if history.state != HistoryState.ENOUGH:
        return Forecast(history.state, history)
    rate = compute_daily_rate(history)
    likely, at_half, at_twice = (
        project(summary, rate, times=times, used_today=history.used_today) for times in (1, 0.5, 2)
    )
    return Forecast(history.state, history, rate, likely, at_half, at_twice)


def build_history(used: Mapping[dt.date, int], today: dt.date) -> History:
    """Item 1 of the method; `used` are credits by day."""
    earliest = today - HISTORY_DAYS * DAY
    begun_on = min(
        (day for day, credits in used.items() if credits and earliest <= day < today), default=today
    )
    whole_days = (today - begun_on).days
    return History(
        first_on=begun_on,
        used=tuple(used.get(begun_on + n * DAY, 0) for n in range(whole_days)),
        used_today=used.get(today, 0),
    )


def compute_daily_rate(history: History) -> DailyRate:
    """Items 2 to 4 of the method; needs at least seven days."""
    days = len(history.used)
    third_largest = sorted(history.used)[-3]
    max_used = max(MAX_AVERAGE_DAYS * sum(history.used) / days, third_largest)
    sums, weights = [0.0] * 7, [0.0] * 7
    for n, used in enumerate(history.used):
        weekday = (history.first_on.weekday() + n) % 7
        weight = 0.5 ** ((days - 1 - n) / HALF_LIFE_DAYS)
        sums[weekday] += weight * min(used, max_used)
        weights[weekday] += weight
    return DailyRate(tuple(sum_ / weight for sum_, weight in zip(sums, weights, strict=True)))


def project(
    summary: BalanceSummary, rate: DailyRate, *, times: float = 1, used_today: int = 0
) -> Projection:
    """The balance day by day at `times` the rate. Credits held by calls count as spent."""
    contract = float(summary.contract_unheld)
    purchased = summary.available - contract  # below zero where the location is overdrawn
    week = [rate.on(summary.today + n * DAY) * times for n in range(7)]
    step_in, end_in = _days_ahead(summary)
    overdraft_limit = summary.overdraft_limit
    runs_out_in = overdraft_ends_in = None
    lapses = left = 0.0
    for n in range(end_in):
        if n == step_in:
            lapses, left = contract, contract + purchased
            contract, purchased = _after_step(summary, purchased)
        use = week[n % 7] if n else max(0.0, week[0] - used_today)
        from_contract = use if use < contract else contract
        contract -= from_contract
        purchased -= use - from_contract
        if runs_out_in is None and contract + purchased < HALF:
            runs_out_in = n
        if overdraft_ends_in is None and contract + purchased + overdraft_limit < HALF:
            overdraft_ends_in = n
            if step_in is None or n >= step_in:
                break
    return Projection(
        runs_out_on=None if runs_out_in is None else summary.today + runs_out_in * DAY,
        overdraft_ends_on=None
        if overdraft_ends_in is None
        else summary.today + overdraft_ends_in * DAY,
        lapses=round(lapses),
        left=round(left),
    )


def runs_out_on(summary: BalanceSummary, rate: DailyRate, *, used_today: int = 0) -> dt.date | None:
    """The same day that `project` finds, but week by week: fast enough for many locations."""
    start = summary.today.weekday()
    week = (*rate.by_weekday[start:], *rate.by_weekday[:start])
    today = max(0.0, week[0] - used_today)
    available = summary.available
    left = available - today
    if left < HALF:
        return summary.today
    step_in, end_in = (None, MAX_DAYS_AHEAD) if summary.step is None else _days_ahead(summary)
    gone_in, left = _gone_in(left, week, 1, end_in if step_in is None else step_in)
    if gone_in is None and step_in is not None:
        contract = max(0.0, summary.contract_unheld - (available - left))
        left = sum(_after_step(summary, left - contract))
        gone_in, left = _gone_in(left, week, step_in, end_in)
    return None if gone_in is None else summary.today + gone_in * DAY


def _gone_in(
    left: float, week: tuple[float, ...], first: int, end: int
) -> tuple[int | None, float]:
    """On which of the days [first, end) nothing is left, and what is left after them."""
    whole, days = sum(week), end - first
    lasts = int((left - HALF) // whole) - 1 if whole else days  # a week less: sums are not exact
    weeks = max(0, min(days // 7, lasts))
    left -= weeks * whole
    for n in range(first + 7 * weeks, end):
        left -= week[n % 7]
        if left < HALF:
            return n, left
    return None, left


def _days_ahead(summary: BalanceSummary) -> tuple[int | None, int]:
    if summary.step is None:
        return None, MAX_DAYS_AHEAD
    step_in = (summary.step.on - summary.today).days
    after = summary.terms.next_step(summary.step.on)
    max_days = max(step_in + 1, MAX_DAYS_AHEAD)
    return step_in, min(max_days, (after.on - summary.today).days) if after else max_days


def _after_step(summary: BalanceSummary, purchased: float) -> tuple[float, float]:
    contract = summary.next_contract
    if contract is None:
        return 0.0, purchased
    if contract.debt_at_renewal == DebtAtRenewal.WRITE_OFF:
        purchased = max(0.0, purchased)
    return float(contract.included_credits), purchased
