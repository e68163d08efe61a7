"""How fast a location uses its credits, and what becomes of its balance at that pace.

The method, and why. `benchmarks/forecasts.py` measures it on stretches held back from replayed
traffic, beside the mean of the last 30 days; the figures stand in docs/performance.md.

1. The history is the credits that texts, calls and chat took on each whole day (today is not
   over), at most the last 180 days, from the first day of them with any usage: days before a
   location began to send say nothing about how it sends.
2. A day counts for no more than eight average days of its history, or than its third largest day
   where that is more. One great broadcast happens, and the plain mean would announce it again for
   months; a size that has come three times is how the location sends. With a lower limit the
   broadcasts of quiet locations are lost, and the forecast comes out too small.
3. Each day of the week has its own mean, so that an office's weekends do not lengthen its
   Mondays, and a Friday's balance is not taken to melt away on Saturday.
4. In these means a day weighs half as much as one 30 days younger. Longer memories did a little
   better while nothing changes, and follow growth or a slump too late.
5. With fewer than 14 days, fewer than 5 days with usage, or 28 days without any, there is no
   pace: half a dozen days foretell nothing, and the page says so instead of guessing.

It cannot know what was not sent because nothing was left: such days count as they were.

How far to trust it: the sum of 60 days lay between half and twice the forecast in four cases of
five. Hence the balance is followed at half the pace and at twice the pace besides.
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
MOST_AVERAGE_DAYS = 8  # what a day counts for at most, unless as large ones are usual
FEWEST_DAYS = 14
FEWEST_DAYS_WITH_USAGE = 5
SILENT_DAYS = 28
LONGEST_DAYS = 3 * 365  # how far a balance is followed where no contract sets an end
HALF = 0.5  # credits are whole: what is less is none
DAY = dt.timedelta(days=1)


class Record(Enum):
    """Whether a history is enough for a pace, or what is missing."""

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
    def record(self) -> Record:
        days_with_usage = sum(1 for used in self.used if used)
        if not self.used:
            return Record.SHORT if self.used_today else Record.NOTHING_USED
        if len(self.used) >= SILENT_DAYS and not any((*self.used[-SILENT_DAYS:], self.used_today)):
            return Record.SILENT
        if len(self.used) < FEWEST_DAYS:
            return Record.SHORT
        return Record.ENOUGH if days_with_usage >= FEWEST_DAYS_WITH_USAGE else Record.SPARSE

    @property
    def last_used_on(self) -> dt.date | None:
        """The last day before today on which credits were used."""
        for back, used in enumerate(reversed(self.used), start=1):
            if used:
                return self.first_on + (len(self.used) - back) * DAY
        return None


@dataclass(frozen=True, slots=True)
class Pace:
    """Credits expected to be used on a Monday, a Tuesday and so on."""

    by_weekday: tuple[float, ...]

    def on(self, day: dt.date) -> float:
        return self.by_weekday[day.weekday()]

    @property
    def a_week(self) -> float:
        return sum(self.by_weekday)

    @property
    def a_weekday(self) -> float:
        return sum(self.by_weekday[:5]) / 5

    @property
    def a_weekend_day(self) -> float:
        return sum(self.by_weekday[5:]) / 2


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of a balance at one pace, until the step after the next.

    `runs_out_on` is the first day at whose end nothing is left, None if there is none;
    `overdraft_ends_on` the same with the overdraft that the contract allows. `lapses` and
    `left` are the contract credits and all credits there in the night of the next step, before
    it is taken; `left` is negative where credits are missing by then.
    """

    runs_out_on: dt.date | None
    overdraft_ends_on: dt.date | None
    lapses: int
    left: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`pace` and the courses are None where the record is not enough."""

    record: Record
    history: History
    pace: Pace | None = None
    likely: Course | None = None
    at_half: Course | None = None
    at_twice: Course | None = None


def forecast(usage: DailyUsage, summary: BalanceSummary) -> Forecast:
    """What to expect of a location's balance, from the days that moved it; asks nobody else."""
    used = {row.day: -row.moved.usage for row in usage.days}
    history = history_of(used, summary.today)
    if history.record != Record.ENOUGH:
        return Forecast(history.record, history)
    pace = pace_of(history)
    likely, at_half, at_twice = (
        follow(summary, pace, times=times, used_today=history.used_today) for times in (1, 0.5, 2)
    )
    return Forecast(history.record, history, pace, likely, at_half, at_twice)


def history_of(used: Mapping[dt.date, int], today: dt.date) -> History:
    """The part of the usage by day that a pace is taken from (1)."""
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


def pace_of(history: History) -> Pace:
    """The weighted mean of each day of the week (2, 3, 4); needs at least seven days."""
    days = len(history.used)
    third_largest = sorted(history.used)[-3]
    most = max(MOST_AVERAGE_DAYS * sum(history.used) / days, third_largest)
    sums, weights = [0.0] * 7, [0.0] * 7
    for n, used in enumerate(history.used):
        weekday = (history.first_on.weekday() + n) % 7
        weight = 0.5 ** ((days - 1 - n) / HALF_LIFE_DAYS)
        sums[weekday] += weight * min(used, most)
        weights[weekday] += weight
    return Pace(tuple(sum_ / weight for sum_, weight in zip(sums, weights, strict=True)))


def follow(summary: BalanceSummary, pace: Pace, *, times: float = 1, used_today: int = 0) -> Course:
    """The balance day by day at so many times the pace, over the next step of the contracts.

    What calls hold counts as spent. Contract credits go first, and lapse at the step, where the
    purchased ones stay; what comes in with the next term is what its contract says today.
    """
    contract = float(summary.contract_unheld)
    purchased = summary.available - contract  # below zero where the location is overdrawn
    week = [pace.on(summary.today + n * DAY) * times for n in range(7)]
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
    return Course(
        runs_out_on=None if runs_out_in is None else summary.today + runs_out_in * DAY,
        overdraft_ends_on=None
        if overdraft_ends_in is None
        else summary.today + overdraft_ends_in * DAY,
        lapses=round(lapses),
        left=round(left),
    )


def runs_out_on(summary: BalanceSummary, pace: Pace, *, used_today: int = 0) -> dt.date | None:
    """The same day that `follow` finds, week by week instead of day by day: for many at once."""
    start = summary.today.weekday()
    week = (*pace.by_weekday[start:], *pace.by_weekday[:start])
    today = max(0.0, week[0] - used_today)
    available = summary.available
    left = available - today
    if left < HALF:
        return summary.today
    step_in, end_in = (None, LONGEST_DAYS) if summary.step is None else _days_ahead(summary)
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
    """How far away the next step is, and the end of what is followed."""
    if summary.step is None:
        return None, LONGEST_DAYS
    step_in = (summary.step.on - summary.today).days
    after = summary.terms.next_step(summary.step.on)
    longest = max(step_in + 1, LONGEST_DAYS)
    return step_in, min(longest, (after.on - summary.today).days) if after else longest


def _after_step(summary: BalanceSummary, purchased: float) -> tuple[float, float]:
    """The two buckets on the morning of the next step."""
    contract = summary.next_contract
    if contract is None:
        return 0.0, purchased
    if contract.debt_at_renewal == DebtAtRenewal.WRITE_OFF:
        purchased = max(0.0, purchased)
    return float(contract.included_credits), purchased
