"""What can be said where a history is too little for a pace."""

from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.balance.summary import Standing
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


def certain(now: Standing) -> Iterator[SafeString]:
    """What is certain without a pace: the next step of the contract, and what is kept."""
    if now.renews_on and now.next_contract:
        yield say(
            ngettext(
                "Your contract renews on <strong>{day}</strong> with {n} credit.",
                "Your contract renews on <strong>{day}</strong> with {n} credits.",
                now.next_contract.included_credits,
            ),
            day=now.renews_on,
            n=now.next_contract.included_credits,
        )
        yield _what_is_left(now.contract_credits)
    elif now.ends_on:
        yield say(
            _(
                "Your contract ends on <strong>{day}</strong>, and no other follows yet: what is "
                "then left of its credits lapses."
            ),
            day=now.ends_on,
        )
    elif now.starts_on and now.next_contract:
        yield say(
            ngettext(
                "No contract runs today. The next one begins on <strong>{day}</strong> with {n} "
                "credit.",
                "No contract runs today. The next one begins on <strong>{day}</strong> with {n} "
                "credits.",
                now.next_contract.included_credits,
            ),
            day=now.starts_on,
            n=now.next_contract.included_credits,
        )
    else:
        yield say(
            _(
                "This location has no contract, so no credits come in by themselves. It spends "
                "the credits that it buys."
            )
        )
    if now.purchased_credits > 0:
        yield kept(now.purchased_credits)


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
