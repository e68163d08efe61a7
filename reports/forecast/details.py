import datetime as dt
from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import BalanceSummary
from reports.forecast.forecast import DailyRate, Forecast, Projection
from reports.forecast.phrases import by_step, format_sentence

# Weekends that differ by less from weekdays are not named.
MIN_WEEKEND_RATIO = 0.75
# What the next term is short of by less, as a share of it, is within the error.
MIN_SHORT_SHARE = 0.15


def describe_details(summary: BalanceSummary, expected: Forecast) -> Iterator[SafeString]:
    rate, likely = expected.daily_rate, expected.likely
    at_half, at_twice = expected.at_half, expected.at_twice
    if not (rate and likely and at_half and at_twice):
        return
    if summary.is_out and summary.debt:
        yield format_sentence(_("That includes the {n} that you are overdrawn by."), n=summary.debt)
    yield _describe_rate(rate)
    if not summary.is_out:
        yield from _describe_range(summary, likely, at_half, at_twice)
    yield from _describe_overdraft(summary, likely)
    days = len(expected.history.used)
    sentence = ngettext(
        "The pace is that of the last {n} day.",
        "The pace is that of the last {n} days; newer days count more.",
        days,
    )
    yield format_sentence(sentence, n=days)


def _describe_range(
    summary: BalanceSummary, likely: Projection, at_half: Projection, at_twice: Projection
) -> Iterator[SafeString]:
    if summary.step is None:
        yield from _range_without_contract(at_half, at_twice)
    elif likely.runs_out_before(summary.step.on):
        yield _range_before_step(summary, at_half, at_twice, summary.step.on)
    else:
        yield _describe_twice(summary, at_twice, summary.step.on)
        yield from _describe_next_term(summary, likely, summary.step.on)


def _describe_rate(rate: DailyRate) -> SafeString:
    week, weekday, weekend = map(round, (rate.per_week, rate.per_weekday, rate.per_weekend_day))
    if not week:
        return format_sentence(_("You use less than one credit a week."))
    if week < 14:
        sentence = ngettext(
            "You use about {n} credit a week.", "You use about {n} credits a week.", week
        )
        return format_sentence(sentence, n=week)
    if min(weekday, weekend) >= MIN_WEEKEND_RATIO * max(weekday, weekend):
        day = round(rate.per_week / 7)
        sentence = ngettext(
            "You use about {n} credit a day.", "You use about {n} credits a day.", day
        )
        return format_sentence(sentence, n=day)
    sentence = ngettext(
        "You use about {n} credit a day on weekdays and {weekend} on weekends.",
        "You use about {n} credits a day on weekdays and {weekend} on weekends.",
        weekday,
    )
    return format_sentence(sentence, n=weekday, weekend=weekend)


def _describe_twice(summary: BalanceSummary, at_twice: Projection, step_on: dt.date) -> SafeString:
    out_on = at_twice.runs_out_on
    if out_on is None or out_on >= step_on:
        sentence = by_step(
            summary,
            _("Nothing to buy: this balance lasts until the renewal even at twice the pace."),
            _("Nothing to buy: this balance lasts until the contract ends even at twice the pace."),
            _(
                "Nothing to buy: this balance lasts until the next contract begins even at twice "
                "the pace."
            ),
        )
        return format_sentence(sentence)
    days = (step_on - out_on).days
    sentence = ngettext(
        "At twice the pace you would run out on {day}, {n} day before then.",
        "At twice the pace you would run out on {day}, {n} days before then.",
        days,
    )
    return format_sentence(sentence, day=out_on, n=days)


def _range_before_step(
    summary: BalanceSummary, at_half: Projection, at_twice: Projection, step_on: dt.date
) -> SafeString:
    if at_half.runs_out_before(step_on):
        sentence = _("At twice the pace that would be {twice}, at half of it {half}.")
    else:
        sentence = by_step(
            summary,
            _("At twice the pace that would be {twice}; at half of it you reach the renewal."),
            _(
                "At twice the pace that would be {twice}; at half of it you reach the contract's "
                "end."
            ),
            _(
                "At twice the pace that would be {twice}; at half of it you reach the next "
                "contract."
            ),
        )
    return format_sentence(sentence, twice=at_twice.runs_out_on, half=at_half.runs_out_on)


def _range_without_contract(at_half: Projection, at_twice: Projection) -> Iterator[SafeString]:
    if at_twice.runs_out_on is None:
        return
    if at_half.runs_out_on is None:
        sentence = _(
            "At twice the pace they would last until {twice}, at half of it for more than three "
            "years."
        )
    else:
        sentence = _("At twice the pace they would last until {twice}, at half of it until {half}.")
    yield format_sentence(sentence, twice=at_twice.runs_out_on, half=at_half.runs_out_on)


def _describe_next_term(
    summary: BalanceSummary, likely: Projection, renews_on: dt.date
) -> Iterator[SafeString]:
    after = summary.terms.next_step(renews_on)
    if summary.next_contract is None or likely.runs_out_on is None or after is None:
        return
    days = (after.on - likely.runs_out_on).days
    if days < MIN_SHORT_SHARE * (after.on - renews_on).days:
        return
    sentence = ngettext(
        "The credits of the next term ({credits}), with what is then kept, would last until "
        "{day}: {n} day short.",
        "The credits of the next term ({credits}), with what is then kept, would last until "
        "{day}: {n} days short.",
        days,
    )
    included = summary.next_contract.included_credits
    yield format_sentence(sentence, credits=included, day=likely.runs_out_on, n=days)


def _describe_overdraft(summary: BalanceSummary, likely: Projection) -> Iterator[SafeString]:
    limit, step = summary.overdraft_limit, summary.step
    if not limit or step is None or summary.outbound_stops:
        return
    if not likely.runs_out_before(step.on):
        return
    ends_on = likely.overdraft_ends_on
    if ends_on is None or ends_on >= step.on:
        sentence = ngettext(
            "Your contract lets you go on sending until you are {limit} credit below zero, which "
            "at this pace is far enough.",
            "Your contract lets you go on sending until you are {limit} credits below zero, which "
            "at this pace is far enough.",
            limit,
        )
    else:
        sentence = ngettext(
            "Your contract lets you go on sending until you are {limit} credit below zero: at "
            "this pace until {day}.",
            "Your contract lets you go on sending until you are {limit} credits below zero: at "
            "this pace until {day}.",
            limit,
        )
    yield format_sentence(sentence, limit=limit, day=ends_on)
