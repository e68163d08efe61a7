"""Daily rates and projections, and their error on days held back."""

import datetime as dt
import random
from collections.abc import Callable

import pytest

from locations.models import DebtAtRenewal
from reports.forecast.forecast import (
    DAY,
    DailyRate,
    HistoryState,
    Projection,
    build_history,
    compute_daily_rate,
    forecast,
    project,
)
from tests.reports.held_back import errors, plain_mean
from tests.reports.stands import TODAY, contract, renewing, stands, used, weeks

TEN_A_DAY = DailyRate((10.0,) * 7)


def rate_after(credits: list[int]) -> DailyRate:
    rate = forecast(used(credits), stands()).daily_rate
    assert rate is not None
    return rate


# --- What is enough ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("credits", "today", "history_state"),
    [
        ([], 0, HistoryState.NOTHING_USED),
        ([0] * 60, 0, HistoryState.NOTHING_USED),
        ([], 5, HistoryState.SHORT),
        ([7] * 13, 0, HistoryState.SHORT),
        ([7] * 14, 0, HistoryState.ENOUGH),
        (
            [0] * 90 + [7] * 13,
            0,
            HistoryState.SHORT,
        ),  # what went before the first use is no history
        ([300, *[0] * 12] * 4, 0, HistoryState.SPARSE),
        ([300, *[0] * 12] * 5, 0, HistoryState.ENOUGH),
        ([7] * 100 + [0] * 27, 0, HistoryState.ENOUGH),
        ([7] * 100 + [0] * 28, 0, HistoryState.SILENT),
        ([7] * 100 + [0] * 28, 5, HistoryState.ENOUGH),
        ([7] + [0] * 180, 0, HistoryState.NOTHING_USED),  # it lies further back than is looked
    ],
)
def test_a_history_is_enough_or_says_what_is_missing(
    credits: list[int], today: int, history_state: HistoryState
) -> None:
    expected = forecast(used(credits, today), stands())
    assert expected.history_state == history_state
    assert (expected.daily_rate is None) == (history_state != HistoryState.ENOUGH)


def test_a_silent_history_knows_its_last_day() -> None:
    history = forecast(used([7] * 100 + [0] * 30), stands()).history
    assert history.last_used_on == TODAY - 31 * DAY


# --- The rate ---------------------------------------------------------------------------------


def test_weekdays_and_weekends_have_their_own_rate() -> None:
    rate = rate_after(weeks(8))
    assert [round(rate.on(TODAY + n * DAY)) for n in range(7)] == [100] * 5 + [10] * 2
    assert (
        round(rate.per_weekday),
        round(rate.per_weekend_day),
        round(rate.per_week),
    ) == (100, 10, 520)


def test_today_is_not_over_and_does_not_count() -> None:
    assert forecast(used(weeks(8), today=900), stands()).daily_rate == rate_after(weeks(8))


def test_a_single_broadcast_is_not_announced_for_ever() -> None:
    month = [10] * 60
    month[50] = 10_000
    assert sum(month) / 60 > 170
    assert rate_after(month).per_week / 7 < 45


def test_a_size_that_comes_again_is_how_the_location_sends() -> None:
    credits = [0] * 90
    credits[10::20] = [600] * 4
    assert credits.count(600) == 4
    credits[89] = 10
    assert rate_after(credits).per_week / 7 == pytest.approx(2400 / 90, rel=0.2)


def test_newer_days_count_more() -> None:
    assert 100 < rate_after([50] * 60 + [150] * 30).per_week / 7 < 120


# --- The course -------------------------------------------------------------------------------


def test_a_balance_runs_out_on_the_day_its_last_credit_is_used() -> None:
    summary = stands(renewing(100), contract_credits=40, purchased=20)
    course = project(summary, TEN_A_DAY)
    assert course.runs_out_on == TODAY + 5 * DAY  # today is the first of six days
    assert (course.lapses, course.left) == (0, 60 - 100 * 10)


def test_what_was_used_today_is_not_expected_again() -> None:
    summary = stands(renewing(100), contract_credits=60)
    assert project(summary, TEN_A_DAY, used_today=4).runs_out_on == TODAY + 6 * DAY
    assert project(summary, TEN_A_DAY, used_today=25).runs_out_on == TODAY + 6 * DAY


def test_contract_credits_go_first_and_what_is_left_of_them_lapses() -> None:
    summary = stands(renewing(30), contract_credits=1000, purchased=500)
    course = project(summary, TEN_A_DAY)
    assert (course.lapses, course.left) == (700, 1200)
    summary = stands(renewing(30), contract_credits=200, purchased=500)
    course = project(summary, TEN_A_DAY)
    assert (course.lapses, course.left) == (0, 400)


def test_what_calls_hold_counts_as_spent() -> None:
    summary = stands(renewing(30), contract_credits=1000, purchased=500, held=100)
    assert project(summary, TEN_A_DAY).lapses == 600
    summary = stands(renewing(30), contract_credits=10, purchased=100, held=50)
    assert project(summary, TEN_A_DAY).runs_out_on == TODAY + 5 * DAY


def test_an_overdraft_goes_on_below_zero() -> None:
    summary = stands(renewing(100, overdraft_limit=50), contract_credits=60)
    course = project(summary, TEN_A_DAY)
    assert course.overdraft_ends_on == TODAY + 10 * DAY
    assert course.runs_out_on == TODAY + 5 * DAY


def test_an_empty_balance_is_out_today() -> None:
    summary = stands(renewing(100), purchased=-30)
    course = project(summary, TEN_A_DAY)
    assert (course.runs_out_on, course.left) == (TODAY, -30 - 1000)


def test_the_next_term_brings_what_its_contract_says() -> None:
    successor = contract(TODAY + 10 * DAY, 250)
    before = renewing(300, 1000, ends_on=TODAY + 10 * DAY)
    summary = stands(before, successor, contract_credits=500, purchased=60)
    course = project(summary, TEN_A_DAY)
    assert course.lapses == 400
    assert course.runs_out_on == TODAY + (10 + 31 - 1) * DAY  # 250 new and 60 kept


def test_an_ended_contract_brings_nothing() -> None:
    summary = stands(renewing(300, ends_on=TODAY + 10 * DAY), contract_credits=500, purchased=60)
    course = project(summary, TEN_A_DAY)
    assert course.lapses == 400
    assert course.runs_out_on == TODAY + (10 + 6 - 1) * DAY


@pytest.mark.parametrize(
    ("debt_at_renewal", "lasts_days"), [(DebtAtRenewal.WRITE_OFF, 20), (DebtAtRenewal.CARRY, 17)]
)
def test_a_debt_is_written_off_or_carried(debt_at_renewal: str, lasts_days: int) -> None:
    owing = renewing(10, 200, debt_at_renewal=debt_at_renewal)
    course = project(stands(owing, contract_credits=150, purchased=-30), TEN_A_DAY)
    assert (course.lapses, course.left) == (50, 20)
    assert course.runs_out_on == TODAY + (10 + lasts_days - 1) * DAY


def test_without_a_contract_it_is_followed_for_three_years() -> None:
    assert project(stands(purchased=95), TEN_A_DAY) == Projection(
        TODAY + 9 * DAY, TODAY + 9 * DAY, 0, 0
    )
    assert project(stands(purchased=10_950), TEN_A_DAY).runs_out_on == TODAY + 1094 * DAY
    assert project(stands(purchased=10_951), TEN_A_DAY).runs_out_on is None


def test_a_contract_that_begins_later_is_met() -> None:
    summary = stands(contract(TODAY + 20 * DAY, 100), purchased=250)
    course = project(summary, TEN_A_DAY)
    assert (course.lapses, course.left) == (0, 50)
    assert course.runs_out_on == TODAY + (20 + 15 - 1) * DAY


def test_a_forecast_follows_half_and_twice_the_rate() -> None:
    expected = forecast(used([10] * 60), stands(purchased=100))
    days = [
        course and course.runs_out_on
        for course in (expected.at_twice, expected.likely, expected.at_half)
    ]
    assert days == [TODAY + 4 * DAY, TODAY + 9 * DAY, TODAY + 19 * DAY]


# --- Days held back ---------------------------------------------------------------------------

START = dt.date(2026, 1, 5)


def made_up(shape: Callable[[int], float], seed: int) -> list[int]:
    """Ten months of an office: quiet weekends, and chance."""
    chance = random.Random(seed)
    return [
        int((100 if n % 7 < 5 else 10) * shape(n) * chance.uniform(0.6, 1.4)) for n in range(300)
    ]


def off_by(credits: list[list[int]], method: Callable[..., DailyRate], ahead: int) -> float:
    """The share by which the method's totals were off over several histories."""
    found = [errors(one, START, method) for one in credits]
    return sum(one.off[ahead] for one in found) / sum(one.used[ahead] for one in found)


def both(credits: list[list[int]], ahead: int = 30) -> tuple[float, float]:
    return off_by(credits, compute_daily_rate, ahead), off_by(credits, plain_mean, ahead)


def test_an_office_week_is_foretold_better_than_by_the_plain_mean() -> None:
    steady = [made_up(lambda n: 1, seed) for seed in range(3)]
    ours, plain = both(steady, ahead=14)
    assert ours <= plain
    assert ours < 0.1
    days_off = [
        sum(errors(one, START, method).run_out_days for one in steady) / 3
        for method in (compute_daily_rate, plain_mean)
    ]
    assert days_off[0] <= days_off[1] + 0.5
    assert days_off[0] < 4


def test_one_great_broadcast_does_not_spoil_the_months_after_it() -> None:
    burst = [made_up(lambda n: 1, seed) for seed in range(3)]
    for one in burst:
        one[120] = 20_000
    ours, plain = both(burst)
    assert ours < 0.75 * plain


def test_rare_broadcasts_are_foretold_better_than_by_the_plain_mean() -> None:
    chance = random.Random(7)
    rare = [[300 if chance.random() < 0.1 else 0 for _ in range(300)] for _ in range(5)]
    for ahead in (14, 30, 60):
        ours, plain = both(rare, ahead)
        assert ours <= plain


@pytest.mark.parametrize(
    ("shape", "most"),
    [
        (lambda n: 1.02 ** (n / 7), 0.2),  # two per cent more each week
        (lambda n: 0.97 ** (n / 7), 0.3),
        (lambda n: 3 if n > 150 else 1, 0.3),  # three times as much from one day to the next
    ],
    ids=["growth", "slump", "step"],
)
def test_change_is_followed(shape: Callable[[int], float], most: float) -> None:
    """The plain mean of 30 days follows a little faster: what a longer memory costs."""
    ours, plain = both([made_up(shape, seed) for seed in range(3)])
    assert ours < most
    assert ours < plain + 0.12


def test_a_location_that_fell_silent_is_noticed() -> None:
    credits = made_up(lambda n: 0 if n >= 150 else 1, 1)
    by_day = {START + n * DAY: amount for n, amount in enumerate(credits)}
    rates = []
    for silent_days in (0, 14, 27):
        today = START + (150 + silent_days) * DAY
        known = {day: amount for day, amount in by_day.items() if day < today}
        rates.append(compute_daily_rate(build_history(known, today)).per_week)
    assert rates[0] > rates[1] > rates[2]
    today = START + 178 * DAY
    assert build_history(by_day, today).state == HistoryState.SILENT
