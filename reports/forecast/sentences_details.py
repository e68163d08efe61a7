import datetime as dt
from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import BalanceSummary
from reports.forecast.forecast import Course, DailyRate, Forecast
from reports.forecast.phrases import format_sentence

ALIKE = 0.75  # weekends with at least this much of a weekday's pace, or the reverse, are no others

WORTH_SAYING = 0.15  # of a term: what the next one is short of by less is within the error


def details(summary: BalanceSummary, expected: Forecast) -> Iterator[SafeString]:
    rate, likely = expected.daily_rate, expected.likely
    at_half, at_twice = expected.at_half, expected.at_twice
    if not (rate and likely and at_half and at_twice):
        return
    if summary.is_out and summary.debt:
        yield format_sentence(_("That includes the {n} that you are overdrawn by."), n=summary.debt)
    yield _describe_rate(rate)
    if not summary.is_out:
        yield from _how_sure(summary, likely, at_half, at_twice)
    yield from _overdraft(summary, likely)
    days = len(expected.history.used)
    yield format_sentence(
        ngettext(
            "The pace is that of the last {n} day.",
            "The pace is that of the last {n} days; newer days count more.",
            days,
        ),
        n=days,
    )


def _how_sure(
    summary: BalanceSummary, likely: Course, at_half: Course, at_twice: Course
) -> Iterator[SafeString]:
    if summary.step is None:
        yield from _without_contract(at_half, at_twice)
    elif _runs_out_before(likely, summary.step.on):
        yield _between(summary, at_half, at_twice, summary.step.on)
    else:
        yield _at_twice(summary, at_twice, summary.step.on)
        yield from _next_term(summary, likely, summary.step.on)


def _describe_rate(rate: DailyRate) -> SafeString:
    week, weekday, weekend = (
        round(figure) for figure in (rate.per_week, rate.per_weekday, rate.per_weekend_day)
    )
    if not week:
        return format_sentence(_("You use less than one credit a week."))
    if week < 14:
        sentence = ngettext(
            "You use about {n} credit a week.", "You use about {n} credits a week.", week
        )
        return format_sentence(sentence, n=week)
    if min(weekday, weekend) >= ALIKE * max(weekday, weekend):
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


def _runs_out_before(course: Course, day: dt.date) -> bool:
    return course.runs_out_on is not None and course.runs_out_on < day


def _at_twice(summary: BalanceSummary, at_twice: Course, step_on: dt.date) -> SafeString:
    out_on = at_twice.runs_out_on
    if out_on is None or out_on >= step_on:
        if summary.renews_on:
            return format_sentence(
                _("Nothing to buy: this balance lasts until the renewal even at twice the pace.")
            )
        if summary.ends_on:
            return format_sentence(
                _(
                    "Nothing to buy: this balance lasts until the contract ends even at twice the "
                    "pace."
                )
            )
        return format_sentence(
            _(
                "Nothing to buy: this balance lasts until the next contract begins even at twice "
                "the pace."
            )
        )
    days = (step_on - out_on).days
    return format_sentence(
        ngettext(
            "At twice the pace you would run out on {day}, {n} day before then.",
            "At twice the pace you would run out on {day}, {n} days before then.",
            days,
        ),
        day=out_on,
        n=days,
    )


def _between(
    summary: BalanceSummary, at_half: Course, at_twice: Course, step_on: dt.date
) -> SafeString:
    if _runs_out_before(at_half, step_on):
        sentence = _("At twice the pace that would be {twice}, at half of it {half}.")
    elif summary.renews_on:
        sentence = _(
            "At twice the pace that would be {twice}; at half of it you reach the renewal."
        )
    elif summary.ends_on:
        sentence = _(
            "At twice the pace that would be {twice}; at half of it you reach the contract's end."
        )
    else:
        sentence = _(
            "At twice the pace that would be {twice}; at half of it you reach the next contract."
        )
    return format_sentence(sentence, twice=at_twice.runs_out_on, half=at_half.runs_out_on)


def _without_contract(at_half: Course, at_twice: Course) -> Iterator[SafeString]:
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


def _next_term(summary: BalanceSummary, likely: Course, renews_on: dt.date) -> Iterator[SafeString]:
    after = summary.terms.next_step(renews_on)
    if summary.next_contract is None or likely.runs_out_on is None or after is None:
        return
    days = (after.on - likely.runs_out_on).days
    if days < WORTH_SAYING * (after.on - renews_on).days:
        return
    sentence = ngettext(
        "The credits of the next term ({credits}), with what is then kept, would last until "
        "{day}: {n} day short.",
        "The credits of the next term ({credits}), with what is then kept, would last until "
        "{day}: {n} days short.",
        days,
    )
    yield format_sentence(
        sentence, credits=summary.next_contract.included_credits, day=likely.runs_out_on, n=days
    )


def _overdraft(summary: BalanceSummary, likely: Course) -> Iterator[SafeString]:
    if not summary.overdraft_limit or summary.step is None or summary.outbound_stops:
        return
    if not _runs_out_before(likely, summary.step.on):
        return
    ends_on = likely.overdraft_ends_on
    if ends_on is None or ends_on >= summary.step.on:
        sentence = ngettext(
            "Your contract lets you go on sending until you are {limit} credit below zero, which "
            "at this pace is far enough.",
            "Your contract lets you go on sending until you are {limit} credits below zero, which "
            "at this pace is far enough.",
            summary.overdraft_limit,
        )
    else:
        sentence = ngettext(
            "Your contract lets you go on sending until you are {limit} credit below zero: at "
            "this pace until {day}.",
            "Your contract lets you go on sending until you are {limit} credits below zero: at "
            "this pace until {day}.",
            summary.overdraft_limit,
        )
    yield format_sentence(sentence, limit=summary.overdraft_limit, day=ends_on)
