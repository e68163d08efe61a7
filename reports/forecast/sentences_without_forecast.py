"""What can be said where a history is too little for a pace."""

from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import BalanceSummary
from reports.forecast.forecast import Forecast, Record
from reports.forecast.phrases import kept, say


def no_pace(expected: Forecast) -> SafeString:
    history = expected.history
    days = len(history.used)
    match expected.record:
        case Record.SILENT:
            return say(
                _(
                    "No credits have been used since <strong>{day}</strong>, so there is no pace "
                    "that tells how long this balance lasts."
                ),
                day=history.last_used_on,
            )
        case Record.SHORT:
            return say(
                ngettext(
                    "There is only {n} whole day of usage so far: too little to say how long "
                    "this balance lasts.",
                    "There are only {n} whole days of usage so far: too few to say how long this "
                    "balance lasts.",
                    days,
                ),
                n=days,
            )
        case Record.SPARSE:
            used = sum(1 for credits in history.used if credits)
            return say(
                ngettext(
                    "Credits were used on only {n} day lately: too little to say how long this "
                    "balance lasts.",
                    "Credits were used on only {n} days lately: too few to say how long this "
                    "balance lasts.",
                    used,
                ),
                n=used,
            )
    return say(
        _("No credits have been used lately, so there is no pace that tells how long they last.")
    )


def certain(summary: BalanceSummary) -> Iterator[SafeString]:
    """What is certain without a pace: the next step of the contract, and what is kept."""
    if summary.renews_on and summary.next_contract:
        yield say(
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
        yield say(
            _(
                "Your contract ends on <strong>{day}</strong>, and no other follows yet: what is "
                "then left of its credits lapses."
            ),
            day=summary.ends_on,
        )
    elif summary.starts_on and summary.next_contract:
        yield say(
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
        yield say(
            _(
                "This location has no contract, so no credits come in by themselves. It spends "
                "the credits that it buys."
            )
        )
    if summary.purchased_credits > 0:
        yield kept(summary.purchased_credits)


def _what_is_left(contract: int) -> SafeString:
    if not contract:
        return say(_("Your contract credits of this term are used up."))
    return say(
        ngettext(
            "What is then left of your <strong>{n} contract credit</strong> lapses.",
            "What is then left of your <strong>{n} contract credits</strong> lapses.",
            contract,
        ),
        n=contract,
    )
