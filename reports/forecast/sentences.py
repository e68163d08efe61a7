import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import BalanceSummary
from reports.forecast.forecast import Course, DailyRate, Forecast
from reports.forecast.phrases import (
    describe_kept_credits,
    format_sentence,
    round_figure,
    round_up_figure,
)
from reports.forecast.sentences_details import details
from reports.forecast.sentences_without_forecast import describe_certain, explain_no_forecast


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whole sentences; `details` are in small print below."""

    sentences: list[SafeString]
    details: list[SafeString]


def outlook(summary: BalanceSummary, expected: Forecast) -> Outlook:
    if expected.daily_rate is None or expected.likely is None:
        return Outlook([explain_no_forecast(expected), *describe_certain(summary)], [])
    return Outlook(
        list(_describe(summary, expected.likely, expected.daily_rate)),
        list(details(summary, expected)),
    )


def _describe(summary: BalanceSummary, likely: Course, rate: DailyRate) -> Iterator[SafeString]:
    if summary.is_out:
        yield format_sentence(_("Nothing is left to spend."))
        yield _buy(summary, likely, rate)
    elif summary.step is None:
        yield _without_contract(likely)
    elif likely.runs_out_on and likely.runs_out_on < summary.step.on:
        yield _runs_out(summary, likely.runs_out_on, summary.step.on, -likely.left)
    elif summary.term is None:
        yield format_sentence(
            ngettext(
                "At your recent pace your credits last until the next contract begins on "
                "<strong>{day}</strong>; <strong>about {left} credit</strong> will then be left.",
                "At your recent pace your credits last until the next contract begins on "
                "<strong>{day}</strong>; <strong>about {left} credits</strong> will then be left.",
                round_figure(likely.left),
            ),
            day=summary.step.on,
            left=round_figure(likely.left),
        )
    else:
        yield from _lasts(summary, likely, summary.step.on)


def _buy(summary: BalanceSummary, likely: Course, rate: DailyRate) -> SafeString:
    if summary.step is None:
        sentence = _(
            "At your recent pace, <strong>buy about {n} credits</strong> to last for 30 days."
        )
        return format_sentence(
            sentence, n=round_up_figure(rate.per_week * 30 / 7 - summary.available)
        )
    if summary.renews_on:
        sentence = _(
            "At your recent pace, <strong>buy about {n} credits</strong> to reach "
            "the renewal on <strong>{day}</strong>."
        )
    elif summary.ends_on:
        sentence = _(
            "At your recent pace, <strong>buy about {n} credits</strong> to reach "
            "the end of the contract on <strong>{day}</strong>."
        )
    else:
        sentence = _(
            "At your recent pace, <strong>buy about {n} credits</strong> to reach "
            "the next contract on <strong>{day}</strong>."
        )
    return format_sentence(sentence, n=round_up_figure(-likely.left), day=summary.step.on)


def _without_contract(likely: Course) -> SafeString:
    if likely.runs_out_on is None:
        return format_sentence(
            _("At your recent pace your credits last for <strong>more than three years</strong>.")
        )
    return format_sentence(
        _("At your recent pace your credits last until about <strong>{day}</strong>."),
        day=likely.runs_out_on,
    )


def _runs_out(summary: BalanceSummary, on: dt.date, step_on: dt.date, missing: int) -> SafeString:
    days = (step_on - on).days
    if summary.renews_on:
        sentence = ngettext(
            "At your recent pace you run out on <strong>{day}</strong>, {n} day before the "
            "renewal: <strong>buy about {missing} credits</strong> to reach it.",
            "At your recent pace you run out on <strong>{day}</strong>, {n} days before the "
            "renewal: <strong>buy about {missing} credits</strong> to reach it.",
            days,
        )
    elif summary.ends_on:
        sentence = ngettext(
            "At your recent pace you run out on <strong>{day}</strong>, {n} day before the "
            "contract ends: <strong>buy about {missing} credits</strong> to last until then.",
            "At your recent pace you run out on <strong>{day}</strong>, {n} days before the "
            "contract ends: <strong>buy about {missing} credits</strong> to last until then.",
            days,
        )
    else:
        sentence = ngettext(
            "At your recent pace you run out on <strong>{day}</strong>, {n} day before the next "
            "contract begins: <strong>buy about {missing} credits</strong> to reach it.",
            "At your recent pace you run out on <strong>{day}</strong>, {n} days before the next "
            "contract begins: <strong>buy about {missing} credits</strong> to reach it.",
            days,
        )
    return format_sentence(sentence, day=on, n=days, missing=round_up_figure(missing))


def _lasts(summary: BalanceSummary, likely: Course, step_on: dt.date) -> Iterator[SafeString]:
    lapses = round_figure(likely.lapses)
    if lapses <= 0:
        yield _none_lapse(summary, likely, step_on)
        return
    nearly_all = lapses >= summary.contract_credits
    yield _lapse(summary, step_on, None if nearly_all else lapses)
    if summary.purchased_credits > 0:
        yield describe_kept_credits(summary.purchased_credits)
    if summary.ends_on and summary.purchased_credits > 0 and likely.runs_out_on:
        yield format_sentence(
            _("Without a contract they would last until about <strong>{day}</strong>."),
            day=likely.runs_out_on,
        )


def _lapse(summary: BalanceSummary, on: dt.date, lapses: int | None) -> SafeString:
    left = summary.contract_credits
    if lapses is None and summary.renews_on:
        sentence = _(
            "At your recent pace, <strong>nearly all of your {left} contract credits will "
            "lapse</strong> when the contract renews on <strong>{day}</strong>."
        )
    elif lapses is None:
        sentence = _(
            "At your recent pace, <strong>nearly all of your {left} contract credits will "
            "lapse</strong> when the contract ends on <strong>{day}</strong> with none to follow."
        )
    elif summary.renews_on:
        sentence = _(
            "At your recent pace, <strong>about {lapses} of your {left} contract credits will "
            "lapse</strong> when the contract renews on <strong>{day}</strong>."
        )
    else:
        sentence = _(
            "At your recent pace, <strong>about {lapses} of your {left} contract credits will "
            "lapse</strong> when the contract ends on <strong>{day}</strong> with none to follow."
        )
    return format_sentence(sentence, lapses=lapses, left=left, day=on)


def _none_lapse(summary: BalanceSummary, likely: Course, on: dt.date) -> SafeString:
    purchased = min(round_figure(likely.left), max(0, summary.purchased_credits))
    if summary.renews_on and purchased > 0:
        sentence = _(
            "At your recent pace your credits reach the renewal on <strong>{day}</strong>: the "
            "contract credits are used up by then, and <strong>about {left} purchased credits are "
            "kept</strong>."
        )
    elif summary.renews_on:
        sentence = _(
            "At your recent pace your credits <strong>just reach the renewal</strong> on "
            "<strong>{day}</strong>."
        )
    elif purchased > 0:
        sentence = _(
            "At your recent pace your credits last until the contract ends on "
            "<strong>{day}</strong> with none to follow, and <strong>about {left} purchased "
            "credits are kept</strong>."
        )
    else:
        sentence = _(
            "At your recent pace your credits <strong>just last until the contract ends</strong> "
            "on <strong>{day}</strong> with none to follow."
        )
    return format_sentence(sentence, day=on, left=purchased)
