from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import BalanceSummary
from reports.forecast.forecast import Forecast, HistoryState
from reports.forecast.phrases import describe_kept_credits, format_sentence


def explain_no_forecast(expected: Forecast) -> SafeString:
    history = expected.history
    days = len(history.used)
    match expected.history_state:
        case HistoryState.SILENT:
            return format_sentence(
                _(
                    "No credits have been used since <strong>{day}</strong>, so there is no pace "
                    "that tells how long this balance lasts."
                ),
                day=history.last_used_on,
            )
        case HistoryState.SHORT:
            return format_sentence(
                ngettext(
                    "There is only {n} whole day of usage so far: too little to say how long "
                    "this balance lasts.",
                    "There are only {n} whole days of usage so far: too few to say how long this "
                    "balance lasts.",
                    days,
                ),
                n=days,
            )
        case HistoryState.SPARSE:
            used = sum(1 for credits in history.used if credits)
            return format_sentence(
                ngettext(
                    "Credits were used on only {n} day lately: too little to say how long this "
                    "balance lasts.",
                    "Credits were used on only {n} days lately: too few to say how long this "
                    "balance lasts.",
                    used,
                ),
                n=used,
            )
    return format_sentence(
        _("No credits have been used lately, so there is no pace that tells how long they last.")
    )


def describe_certain(summary: BalanceSummary) -> Iterator[SafeString]:
    if summary.renews_on and summary.next_contract:
        yield format_sentence(
            ngettext(
                "Your contract renews on <strong>{day}</strong> with {n} credit.",
                "Your contract renews on <strong>{day}</strong> with {n} credits.",
                summary.next_contract.included_credits,
            ),
            day=summary.renews_on,
            n=summary.next_contract.included_credits,
        )
        yield _what_is_left(summary.contract_credits)
    elif summary.ends_on:
        yield format_sentence(
            _(
                "Your contract ends on <strong>{day}</strong>, and no other follows yet: what is "
                "then left of its credits lapses."
            ),
            day=summary.ends_on,
        )
    elif summary.starts_on and summary.next_contract:
        yield format_sentence(
            ngettext(
                "No contract runs today. The next one begins on <strong>{day}</strong> with {n} "
                "credit.",
                "No contract runs today. The next one begins on <strong>{day}</strong> with {n} "
                "credits.",
                summary.next_contract.included_credits,
            ),
            day=summary.starts_on,
            n=summary.next_contract.included_credits,
        )
    else:
        yield format_sentence(
            _(
                "This location has no contract, so no credits come in by themselves. It spends "
                "the credits that it buys."
            )
        )
    if summary.purchased_credits > 0:
        yield describe_kept_credits(summary.purchased_credits)


def _what_is_left(contract: int) -> SafeString:
    if not contract:
        return format_sentence(_("Your contract credits of this term are used up."))
    return format_sentence(
        ngettext(
            "What is then left of your <strong>{n} contract credit</strong> lapses.",
            "What is then left of your <strong>{n} contract credits</strong> lapses.",
            contract,
        ),
        n=contract,
    )
