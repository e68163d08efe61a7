"""What the page says aloud: one sentence for every standing and every forecast."""

import re

import pytest

from ledger.reading.daily_usage import DailyUsage
from reports.balance.summary import BalanceSummary
from reports.forecast.details import describe_details
from reports.forecast.forecast import DAY, forecast
from reports.forecast.phrases import round_figure, round_up_figure
from reports.forecast.sentences import describe_forecast
from tests.reports.stands import TODAY, contract, renewing, stands, used, weeks

OFFICE = used(weeks(20))  # 520 credits a week
SMALL = used([10] * 140)


def said(summary: BalanceSummary, history: DailyUsage) -> tuple[str, str]:
    """The answer and the small print, without their marks."""
    expected = forecast(history, summary)
    answer, details = (
        re.sub(r"</?strong>", "", " ".join(describe(summary, expected)))
        for describe in (describe_forecast, describe_details)
    )
    return answer, details


# --- At a rate --------------------------------------------------------------------------------


def test_it_runs_out_before_the_renewal() -> None:
    summary = stands(renewing(100), contract_credits=300, purchased=100)
    assert said(summary, SMALL) == (
        "At your recent pace you run out on 24 July 2026, 61 days before the renewal: buy about "
        "600 credits to reach it.",
        "You use about 10 credits a day. At twice the pace that would be 4 July 2026, at half of "
        "it 2 September 2026. The pace is that of the last 140 days; newer days count more.",
    )


def test_one_day_is_one_day() -> None:
    summary = stands(renewing(40), contract_credits=390)
    assert (
        "23 July 2026, 2 days before the renewal: buy about 10 credits" in said(summary, SMALL)[0]
    )
    summary = stands(renewing(40), contract_credits=400)
    assert "24 July 2026, 1 day before the renewal: buy about 10 credits" in said(summary, SMALL)[0]
    summary = stands(renewing(40), contract_credits=401)
    assert said(summary, SMALL)[0] == (
        "At your recent pace your credits just reach the renewal on 25 July 2026."
    )


def test_at_half_the_rate_it_may_reach_the_renewal() -> None:
    summary = stands(renewing(60), contract_credits=400)
    assert (
        "At twice the pace that would be 4 July 2026; at half of it you reach the renewal."
        in said(summary, SMALL)[1]
    )


def test_contract_credits_lapse_and_purchased_ones_are_kept() -> None:
    summary = stands(renewing(92, 30_000), contract_credits=8811, purchased=4000)
    answer, details = said(summary, OFFICE)
    assert answer == (
        "At your recent pace, about 2,000 of your 8,811 contract credits will lapse when the "
        "contract renews on 15 September 2026. Your 4,000 purchased credits are kept until you "
        "use them."
    )
    assert details == (
        "You use about 100 credits a day on weekdays and 10 on weekends. At twice the pace you "
        "would run out on 8 September 2026, 7 days before then. The pace is that of the last 140 "
        "days; newer days count more."
    )


def test_what_would_be_marked_is_marked() -> None:
    summary = stands(renewing(92, 9000), contract_credits=8811)
    sentences = [*describe_forecast(summary, forecast(OFFICE, summary))]
    assert "<strong>about 2,000 of your 8,811 contract credits will lapse</strong>" in sentences[0]
    assert "<strong>15 September 2026</strong>" in sentences[0]


def test_nothing_need_be_bought_where_twice_the_rate_would_do() -> None:
    summary = stands(renewing(30, 9000), contract_credits=5000)
    answer, details = said(summary, OFFICE)
    assert "about 2,700 of your 5,000 contract credits will lapse" in answer
    assert "Nothing to buy: this balance lasts until the renewal even at twice the pace." in details


def test_nearly_all_may_lapse() -> None:
    summary = stands(renewing(3), contract_credits=5000)
    answer = said(summary, used([1] * 60))[0]
    assert answer == (
        "At your recent pace, nearly all of your 5,000 contract credits will lapse when the "
        "contract renews on 18 June 2026."
    )


def test_the_contract_credits_may_be_used_up_and_purchased_ones_be_left() -> None:
    summary = stands(renewing(60), contract_credits=200, purchased=1000)
    assert said(summary, SMALL)[0] == (
        "At your recent pace your credits reach the renewal on 14 August 2026: the contract "
        "credits are used up by then, and about 600 purchased credits are kept."
    )


def test_a_next_term_that_is_too_small_is_foretold() -> None:
    successor = contract(TODAY + 10 * DAY, 1000)
    summary = stands(renewing(300, ends_on=TODAY + 10 * DAY), successor, contract_credits=500)
    assert (
        "The credits of the next term (1,000), with what is then kept, would last until 2 October "
        "2026: 266 days short." in said(summary, SMALL)[1]
    )
    enough = contract(TODAY + 10 * DAY, 3500)
    summary = stands(renewing(300, ends_on=TODAY + 10 * DAY), enough, contract_credits=500)
    assert "next term" not in said(summary, SMALL)[1]


def test_an_overdraft_is_said_where_it_will_be_needed() -> None:
    summary = stands(renewing(100, overdraft_limit=200), contract_credits=300)
    assert (
        "Your contract lets you go on sending until you are 200 credits below zero: at this pace "
        "until 3 August 2026." in said(summary, SMALL)[1]
    )
    summary = stands(renewing(100, overdraft_limit=2000), contract_credits=300)
    assert "which at this pace is far enough." in said(summary, SMALL)[1]
    summary = stands(renewing(100, overdraft_limit=200), contract_credits=3000)
    assert "below zero" not in said(summary, SMALL)[1]


def test_nothing_left_says_what_to_buy() -> None:
    assert said(stands(renewing(100)), SMALL) == (
        "Nothing is left to spend. At your recent pace, buy about 1,000 credits to reach the "
        "renewal on 23 September 2026.",
        "You use about 10 credits a day. The pace is that of the last 140 days; newer days count "
        "more.",
    )


def test_what_is_overdrawn_is_part_of_what_to_buy() -> None:
    answer, details = said(stands(renewing(100), purchased=-51), SMALL)
    assert "buy about 1,100 credits to reach the renewal" in answer
    assert "That includes the 51 that you are overdrawn by." in details


def test_a_contract_that_ends_without_another() -> None:
    ends_on = TODAY + 30 * DAY
    ending = renewing(300, ends_on=ends_on)
    assert said(stands(ending, contract_credits=500, purchased=50), SMALL)[0] == (
        "At your recent pace, about 200 of your 500 contract credits will lapse when the contract "
        "ends on 15 July 2026 with none to follow. Your 50 purchased credits are kept until you "
        "use them. Without a contract they would last until about 19 July 2026."
    )
    assert said(stands(ending, contract_credits=100), SMALL)[0] == (
        "At your recent pace you run out on 24 June 2026, 21 days before the contract ends: buy "
        "about 200 credits to last until then."
    )
    assert said(stands(ending, contract_credits=10, purchased=400), SMALL)[0] == (
        "At your recent pace your credits last until the contract ends on 15 July 2026 with none "
        "to follow, and about 110 purchased credits are kept."
    )
    assert "the end of the contract on 15 July 2026" in said(stands(ending), SMALL)[0]


def test_a_contract_that_begins_later() -> None:
    later = contract(TODAY + 30 * DAY, 900)
    assert said(stands(later, purchased=500), SMALL)[0] == (
        "At your recent pace your credits last until the next contract begins on 15 July 2026; "
        "about 200 credits will then be left."
    )
    assert "21 days before the next contract begins" in said(stands(later, purchased=100), SMALL)[0]
    assert "to reach the next contract on 15 July 2026" in said(stands(later), SMALL)[0]


def test_purchased_credits_alone() -> None:
    assert said(stands(purchased=500), SMALL) == (
        "At your recent pace your credits last until about 3 August 2026.",
        "You use about 10 credits a day. At twice the pace they would last until 9 July 2026, at "
        "half of it until 22 September 2026. The pace is that of the last 140 days; newer days "
        "count more.",
    )
    assert "for more than three years" in said(stands(purchased=50_000), SMALL)[0]
    assert "buy about 300 credits to last for 30 days" in said(stands(), SMALL)[0]
    assert "buy about 350 credits to last for 30 days" in said(stands(purchased=-50), SMALL)[0]


@pytest.mark.parametrize(
    ("history", "rate"),
    [
        (used([0, 0, 0, 1] * 35), "You use about 2 credits a week."),
        (used([0] * 11 + [1, 0, 0] * 5 + [0] * 25), "You use about 1 credit a week."),
        (used([3] * 60), "You use about 3 credits a day."),
        (used(weeks(9, weekday=10, weekend=8)), "You use about 9 credits a day."),
        (
            used(weeks(9, weekday=10, weekend=4)),
            "You use about 10 credits a day on weekdays and 4 on weekends.",
        ),
    ],
)
def test_rate_is_rounded_in_sentences(history: DailyUsage, rate: str) -> None:
    assert rate in said(stands(renewing(100), contract_credits=9000), history)[1]


# --- Without a pace ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "why"),
    [
        (used([]), "No credits have been used lately, so there is no pace"),
        (used([], today=4), "There are only 0 whole days of usage so far: too few to say"),
        (used([4]), "There is only 1 whole day of usage so far: too little to say"),
        (used([4] * 9), "There are only 9 whole days of usage so far: too few to say"),
        (used([4] + [0] * 20), "Credits were used on only 1 day lately: too little to say"),
        (used([4, 0, 4] + [0] * 20), "Credits were used on only 2 days lately: too few to say"),
        (used([9] * 60 + [0] * 40), "No credits have been used since 5 May 2026, so there is no"),
    ],
)
def test_too_little_history_is_said_instead_of_guessed(history: DailyUsage, why: str) -> None:
    answer, details = said(stands(renewing(100), contract_credits=400, purchased=1), history)
    assert answer.startswith(why)
    assert answer.endswith(
        "Your contract renews on 23 September 2026 with 1,000 credits. What is then left of your "
        "400 contract credits lapses. Your 1 purchased credit is kept until you use it."
    )
    assert details == ""


def test_what_is_certain_is_said_without_a_rate() -> None:
    nothing = used([])
    assert (
        "Your contract credits of this term are used up." in said(stands(renewing(9)), nothing)[0]
    )
    ending = stands(renewing(300, ends_on=TODAY + 30 * DAY), contract_credits=9)
    assert (
        "Your contract ends on 15 July 2026, and no other follows yet" in said(ending, nothing)[0]
    )
    later = stands(contract(TODAY + 30 * DAY, 900))
    assert "The next one begins on 15 July 2026 with 900 credits." in said(later, nothing)[0]
    assert "This location has no contract" in said(stands(), nothing)[0]


# --- Figures ----------------------------------------------------------------------------------


def test_figures_are_as_exact_as_a_forecast_can_be() -> None:
    assert [round_figure(n) for n in (0, 4, 7, 43, 148, 1846, 3412, 98_765)] == [
        0, 0, 10, 40, 150, 1800, 3400, 99_000,
    ]  # fmt: skip
    assert [round_up_figure(n) for n in (0, 4, 10, 43, 100, 100.2, 141, 1846, 98_765)] == [
        10, 10, 10, 50, 100, 110, 150, 1900, 99_000,
    ]  # fmt: skip
