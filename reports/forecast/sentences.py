import datetime as dt
from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import BalanceSummary
from reports.forecast.forecast import DailyRate, Forecast, HistoryState, Projection
from reports.forecast.phrases import by_step, format_sentence, round_figure, round_up_figure


def describe_forecast(summary: BalanceSummary, expected: Forecast) -> Iterator[SafeString]:
    rate, likely, step = expected.daily_rate, expected.likely, summary.step
    if rate is None or likely is None:
        yield _explain_no_forecast(expected)
        yield from _describe_without_forecast(summary)
    elif summary.is_out:
        yield format_sentence(_("Nothing is left to spend."))
        yield _buy(summary, likely, rate)
    elif step is None:
        yield _last_without_contract(likely)
    elif likely.runs_out_on and likely.runs_out_on < step.on:
        yield _runs_out(summary, likely.runs_out_on, step.on, -likely.left)
    elif summary.term is None:
        left = round_figure(likely.left)
        sentence = ngettext(
            "At your recent pace your credits last until the next contract begins on "
            "<strong>{day}</strong>; <strong>about {left} credit</strong> will then be left.",
            "At your recent pace your credits last until the next contract begins on "
            "<strong>{day}</strong>; <strong>about {left} credits</strong> will then be left.",
            left,
        )
        yield format_sentence(sentence, day=step.on, left=left)
    else:
        yield from _lasts(summary, likely, step.on)


def _buy(summary: BalanceSummary, likely: Projection, rate: DailyRate) -> SafeString:
    if summary.step is None:
        sentence = _(
            "At your recent pace, <strong>buy about {n} credits</strong> to last for 30 days."
        )
        needed = rate.per_week * 30 / 7 - summary.available
        return format_sentence(sentence, n=round_up_figure(needed))
    sentence = by_step(
        summary,
        _(
            "At your recent pace, <strong>buy about {n} credits</strong> to reach "
            "the renewal on <strong>{day}</strong>."
        ),
        _(
            "At your recent pace, <strong>buy about {n} credits</strong> to reach "
            "the end of the contract on <strong>{day}</strong>."
        ),
        _(
            "At your recent pace, <strong>buy about {n} credits</strong> to reach "
            "the next contract on <strong>{day}</strong>."
        ),
    )
    return format_sentence(sentence, n=round_up_figure(-likely.left), day=summary.step.on)


def _last_without_contract(likely: Projection) -> SafeString:
    if likely.runs_out_on is None:
        return format_sentence(
            _("At your recent pace your credits last for <strong>more than three years</strong>.")
        )
    sentence = _("At your recent pace your credits last until about <strong>{day}</strong>.")
    return format_sentence(sentence, day=likely.runs_out_on)


def _runs_out(summary: BalanceSummary, on: dt.date, step_on: dt.date, missing: int) -> SafeString:
    days = (step_on - on).days
    sentence = by_step(
        summary,
        ngettext(
            "At your recent pace you run out on <strong>{day}</strong>, {n} day before the "
            "renewal: <strong>buy about {missing} credits</strong> to reach it.",
            "At your recent pace you run out on <strong>{day}</strong>, {n} days before the "
            "renewal: <strong>buy about {missing} credits</strong> to reach it.",
            days,
        ),
        ngettext(
            "At your recent pace you run out on <strong>{day}</strong>, {n} day before the "
            "contract ends: <strong>buy about {missing} credits</strong> to last until then.",
            "At your recent pace you run out on <strong>{day}</strong>, {n} days before the "
            "contract ends: <strong>buy about {missing} credits</strong> to last until then.",
            days,
        ),
        ngettext(
            "At your recent pace you run out on <strong>{day}</strong>, {n} day before the next "
            "contract begins: <strong>buy about {missing} credits</strong> to reach it.",
            "At your recent pace you run out on <strong>{day}</strong>, {n} days before the next "
            "contract begins: <strong>buy about {missing} credits</strong> to reach it.",
            days,
        ),
    )
    return format_sentence(sentence, day=on, n=days, missing=round_up_figure(missing))


def _lasts(summary: BalanceSummary, likely: Projection, step_on: dt.date) -> Iterator[SafeString]:
    lapses = round_figure(likely.lapses)
    if lapses <= 0:
        yield _none_lapse(summary, likely, step_on)
        return
    if lapses >= summary.contract_credits:
        sentence = by_step(
            summary,
            _(
                "At your recent pace, <strong>nearly all of your {left} contract credits will "
                "lapse</strong> when the contract renews on <strong>{day}</strong>."
            ),
            _(
                "At your recent pace, <strong>nearly all of your {left} contract credits will "
                "lapse</strong> when the contract ends on <strong>{day}</strong> with none to "
                "follow."
            ),
        )
    else:
        sentence = by_step(
            summary,
            _(
                "At your recent pace, <strong>about {lapses} of your {left} contract credits will "
                "lapse</strong> when the contract renews on <strong>{day}</strong>."
            ),
            _(
                "At your recent pace, <strong>about {lapses} of your {left} contract credits will "
                "lapse</strong> when the contract ends on <strong>{day}</strong> with none to "
                "follow."
            ),
        )
    yield format_sentence(sentence, lapses=lapses, left=summary.contract_credits, day=step_on)
    if summary.purchased_credits > 0:
        yield _keep_purchased(summary)
        if summary.ends_on and likely.runs_out_on:
            sentence = _("Without a contract they would last until about <strong>{day}</strong>.")
            yield format_sentence(sentence, day=likely.runs_out_on)


def _none_lapse(summary: BalanceSummary, likely: Projection, on: dt.date) -> SafeString:
    purchased = min(round_figure(likely.left), max(0, summary.purchased_credits))
    if purchased > 0:
        sentence = by_step(
            summary,
            _(
                "At your recent pace your credits reach the renewal on <strong>{day}</strong>: the "
                "contract credits are used up by then, and <strong>about {left} purchased credits "
                "are kept</strong>."
            ),
            _(
                "At your recent pace your credits last until the contract ends on "
                "<strong>{day}</strong> with none to follow, and <strong>about {left} purchased "
                "credits are kept</strong>."
            ),
        )
    else:
        sentence = by_step(
            summary,
            _(
                "At your recent pace your credits <strong>just reach the renewal</strong> on "
                "<strong>{day}</strong>."
            ),
            _(
                "At your recent pace your credits <strong>just last until the contract "
                "ends</strong> on <strong>{day}</strong> with none to follow."
            ),
        )
    return format_sentence(sentence, day=on, left=purchased)


def _keep_purchased(summary: BalanceSummary) -> SafeString:
    sentence = ngettext(
        "Your {n} purchased credit is kept until you use it.",
        "Your {n} purchased credits are kept until you use them.",
        summary.purchased_credits,
    )
    return format_sentence(sentence, n=summary.purchased_credits)


def _explain_no_forecast(expected: Forecast) -> SafeString:
    history = expected.history
    match expected.history_state:
        case HistoryState.SILENT:
            sentence = _(
                "No credits have been used since <strong>{day}</strong>, so there is no pace "
                "that tells how long this balance lasts."
            )
            return format_sentence(sentence, day=history.last_used_on)
        case HistoryState.SHORT:
            days = len(history.used)
            sentence = ngettext(
                "There is only {n} whole day of usage so far: too little to say how long "
                "this balance lasts.",
                "There are only {n} whole days of usage so far: too few to say how long this "
                "balance lasts.",
                days,
            )
            return format_sentence(sentence, n=days)
        case HistoryState.SPARSE:
            days = sum(1 for credits in history.used if credits)
            sentence = ngettext(
                "Credits were used on only {n} day lately: too little to say how long this "
                "balance lasts.",
                "Credits were used on only {n} days lately: too few to say how long this "
                "balance lasts.",
                days,
            )
            return format_sentence(sentence, n=days)
    return format_sentence(
        _("No credits have been used lately, so there is no pace that tells how long they last.")
    )


def _describe_without_forecast(summary: BalanceSummary) -> Iterator[SafeString]:
    included = summary.next_contract.included_credits if summary.next_contract else 0
    if summary.renews_on:
        sentence = ngettext(
            "Your contract renews on <strong>{day}</strong> with {n} credit.",
            "Your contract renews on <strong>{day}</strong> with {n} credits.",
            included,
        )
        yield format_sentence(sentence, day=summary.renews_on, n=included)
        yield _lapse_contract(summary.contract_credits)
    elif summary.ends_on:
        sentence = _(
            "Your contract ends on <strong>{day}</strong>, and no other follows yet: what is "
            "then left of its credits lapses."
        )
        yield format_sentence(sentence, day=summary.ends_on)
    elif summary.starts_on:
        sentence = ngettext(
            "No contract runs today. The next one begins on <strong>{day}</strong> with {n} "
            "credit.",
            "No contract runs today. The next one begins on <strong>{day}</strong> with {n} "
            "credits.",
            included,
        )
        yield format_sentence(sentence, day=summary.starts_on, n=included)
    else:
        yield format_sentence(
            _(
                "This location has no contract, so no credits come in by themselves. It spends "
                "the credits that it buys."
            )
        )
    if summary.purchased_credits > 0:
        yield _keep_purchased(summary)


def _lapse_contract(credits: int) -> SafeString:
    if not credits:
        return format_sentence(_("Your contract credits of this term are used up."))
    sentence = ngettext(
        "What is then left of your <strong>{n} contract credit</strong> lapses.",
        "What is then left of your <strong>{n} contract credits</strong> lapses.",
        credits,
    )
    return format_sentence(sentence, n=credits)
