"""What a price list would change: every row beside the card that is in force."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.formatting.countries import country_name
from locations.formatting.numbers import MINUS
from locations.models import Rate, RateCard
from locations.rate_cards.importing import merged_words
from locations.rate_cards.parsing import Problem, RateLine

JUMP_PERCENT = 50  # up or down by more is marked


class Kind(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")
    UNCHANGED = "unchanged", _("Unchanged")
    ERROR = "error", _("Error")


@dataclass(frozen=True, slots=True)
class Change:
    """One destination before and after, or a line of the file that is no price.

    `note` says how the new price came out of several.
    """

    kind: Kind
    old: Rate | None = None
    new: Rate | RateLine | None = None
    problem: Problem | None = None
    note: str = ""

    @property
    def row(self) -> Rate | RateLine | None:
        return self.new or self.old

    @property
    def where(self) -> str:
        """Mexico (MX), mobile, voice, +5222."""
        row = self.row
        if row is None:
            return ""
        parts = [f"{country_name(row.country)} ({row.country})", row.carrier_type, row.channel]
        return ", ".join([*parts, f"+{row.prefix}"] if row.prefix else parts)

    @property
    def percent(self) -> float | None:
        """By how much the price rises or falls; None where there is no price to start from."""
        if self.old is None or self.new is None or not self.old.credits:
            return None
        return (self.new.credits - self.old.credits) * 100 / self.old.credits

    @property
    def percent_shown(self) -> str:
        """+900 %, −12 %; nothing where the price stays."""
        percent = self.percent
        return f"{percent:+.0f} %".replace("-", MINUS) if percent else ""

    @property
    def jumps(self) -> bool:
        """Whether it is a slip of the keyboard as likely as a price; any price after none is."""
        if self.old is None or self.new is None:
            return False
        percent = self.percent
        return self.new.credits > 0 if percent is None else abs(percent) > JUMP_PERCENT


def in_force_before(series_name: str, effective_on: dt.date) -> RateCard | None:
    """The published card of a series that one effective on this day would take over from."""
    cards = RateCard.objects.published().filter(
        series__name=series_name, effective_on__lte=effective_on
    )
    return cards.order_by("-effective_on").select_related("series").first()


def compare(
    lines: Iterable[Rate | RateLine],
    before: RateCard | None,
    problems: Sequence[Problem] = (),
    *,
    rule: str = "",
) -> list[Change]:
    """Every row of both, errors first, then by destination; one query.

    `rule` is the one by which several prices of a file became one.
    """
    old = {destination(rate): rate for rate in before.rates.all()} if before else {}
    changes = [Change(Kind.ERROR, problem=problem) for problem in problems]
    found = []
    for line in lines:
        key = destination(line)
        rate = old.pop(key, None)
        if rate is None:
            kind = Kind.NEW
        else:
            kind = Kind.UNCHANGED if _terms(rate) == _terms(line) else Kind.CHANGED
        note = merged_words(line, rule) if isinstance(line, RateLine) else ""
        found.append((key, Change(kind, rate, line, note=note)))
    found += [(key, Change(Kind.REMOVED, rate)) for key, rate in old.items()]
    return changes + [change for _, change in sorted(found, key=lambda item: item[0])]


def chat_change(card: RateCard, before: RateCard | None) -> str:
    """What chat costs now and then, in words; empty where that stays."""
    if before is None or before.chat_prices == card.chat_prices:
        return ""
    return gettext("Chat, in credits: SMS %(sms_now)s → %(sms)s, MMS %(mms_now)s → %(mms)s.") % {
        "sms_now": before.chat_sms_credits,
        "sms": card.chat_sms_credits,
        "mms_now": before.chat_mms_credits,
        "mms": card.chat_mms_credits,
    }


def counts(changes: Iterable[Change]) -> dict[Kind, int]:
    number = dict.fromkeys(Kind, 0)
    for change in changes:
        number[change.kind] += 1
    return number


def destination(rate: Rate | RateLine) -> tuple[str, str, str, str]:
    return rate.country, rate.carrier_type, rate.channel, rate.prefix


def _terms(row: Rate | RateLine) -> tuple[int, int, int]:
    return row.credits, row.first_seconds, row.following_seconds
