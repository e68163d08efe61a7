"""The small print under the answer: the pace, and how sure the answer is."""

import datetime as dt
from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import Standing
from reports.forecast.forecast import Course, Forecast, Pace
from reports.forecast.phrases import say

ALIKE = 0.75  # weekends with at least this much of a weekday's pace, or the reverse, are no others

WORTH_SAYING = 0.15  # of a term: what the next one is short of by less is within the error


def details(now: Standing, expected: Forecast) -> Iterator[SafeString]:
    """Sentences for a forecast that has a pace."""
    pace, likely = expected.pace, expected.likely
    at_half, at_twice = expected.at_half, expected.at_twice
    if not (pace and likely and at_half and at_twice):
        return
    if now.is_out and now.debt:
        yield say(_("That includes the {n} that you are overdrawn by."), n=now.debt)
    yield _pace(pace)
    if not now.is_out:
        yield from _how_sure(now, likely, at_half, at_twice)
    yield from _overdraft(now, likely)
    days = len(expected.history.used)
    yield say(
        ngettext(
            "The pace is that of the last {n} day.",
            "The pace is that of the last {n} days; newer days count more.",
            days,
        ),
        n=days,
    )


def _how_sure(
    now: Standing, likely: Course, at_half: Course, at_twice: Course
) -> Iterator[SafeString]:
    if now.step is None:
        yield from _without_contract(at_half, at_twice)
    elif _runs_out_before(likely, now.step.on):
        yield _between(now, at_half, at_twice, now.step.on)
    else:
        yield _at_twice(now, at_twice, now.step.on)
        yield from _next_term(now, likely, now.step.on)


def _pace(pace: Pace) -> SafeString:
    week, weekday, weekend = (
        round(figure) for figure in (pace.a_week, pace.a_weekday, pace.a_weekend_day)
    )
    if not week:
        return say(_("You use less than one credit a week."))
    if week < 14:
        sentence = ngettext(
            "You use about {n} credit a week.", "You use about {n} credits a week.", week
        )
        return say(sentence, n=week)
    if min(weekday, weekend) >= ALIKE * max(weekday, weekend):
        day = round(pace.a_week / 7)
        sentence = ngettext(
            "You use about {n} credit a day.", "You use about {n} credits a day.", day
        )
        return say(sentence, n=day)
    sentence = ngettext(
        "You use about {n} credit a day on weekdays and {weekend} on weekends.",
        "You use about {n} credits a day on weekdays and {weekend} on weekends.",
        weekday,
    )
    return say(sentence, n=weekday, weekend=weekend)


def _runs_out_before(course: Course, day: dt.date) -> bool:
    return course.runs_out_on is not None and course.runs_out_on < day


def _at_twice(now: Standing, at_twice: Course, step_on: dt.date) -> SafeString:
    """How safe a balance is that lasts."""
    out_on = at_twice.runs_out_on
    if out_on is None or out_on >= step_on:
        if now.renews_on:
            return say(
                _("Nothing to buy: this balance lasts until the renewal even at twice the pace.")
            )
        if now.ends_on:
            return say(
                _(
                    "Nothing to buy: this balance lasts until the contract ends even at twice the "
                    "pace."
                )
            )
        return say(
            _(
                "Nothing to buy: this balance lasts until the next contract begins even at twice "
                "the pace."
            )
        )
    days = (step_on - out_on).days
    return say(
        ngettext(
            "At twice the pace you would run out on {day}, {n} day before then.",
            "At twice the pace you would run out on {day}, {n} days before then.",
            days,
        ),
        day=out_on,
        n=days,
    )


def _between(now: Standing, at_half: Course, at_twice: Course, step_on: dt.date) -> SafeString:
    """How sure the day is on which a balance runs out before the next step."""
    if _runs_out_before(at_half, step_on):
        sentence = _("At twice the pace that would be {twice}, at half of it {half}.")
    elif now.renews_on:
        sentence = _(
            "At twice the pace that would be {twice}; at half of it you reach the renewal."
        )
    elif now.ends_on:
        sentence = _(
            "At twice the pace that would be {twice}; at half of it you reach the contract's end."
        )
    else:
        sentence = _(
            "At twice the pace that would be {twice}; at half of it you reach the next contract."
        )
    return say(sentence, twice=at_twice.runs_out_on, half=at_half.runs_out_on)


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
    yield say(sentence, twice=at_twice.runs_out_on, half=at_half.runs_out_on)


def _next_term(now: Standing, likely: Course, renews_on: dt.date) -> Iterator[SafeString]:
    """Where the term after the renewal is too short of credits."""
    after = now.terms.next_step(renews_on)
    if now.next_contract is None or likely.runs_out_on is None or after is None:
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
    yield say(sentence, credits=now.next_contract.included_credits, day=likely.runs_out_on, n=days)


def _overdraft(now: Standing, likely: Course) -> Iterator[SafeString]:
    """How long sending goes on below zero, where that is to be expected."""
    if not now.overdraft_limit or now.step is None or now.outbound_stops:
        return
    if not _runs_out_before(likely, now.step.on):
        return
    ends_on = likely.overdraft_ends_on
    if ends_on is None or ends_on >= now.step.on:
        sentence = ngettext(
            "Your contract lets you go on sending until you are {limit} credit below zero, which "
            "at this pace is far enough.",
            "Your contract lets you go on sending until you are {limit} credits below zero, which "
            "at this pace is far enough.",
            now.overdraft_limit,
        )
    else:
        sentence = ngettext(
            "Your contract lets you go on sending until you are {limit} credit below zero: at "
            "this pace until {day}.",
            "Your contract lets you go on sending until you are {limit} credits below zero: at "
            "this pace until {day}.",
            now.overdraft_limit,
        )
    yield say(sentence, limit=now.overdraft_limit, day=ends_on)
