import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.formatting.countries import country_name
from locations.formatting.numbers import MINUS
from locations.models import Rate, RateCard
from locations.rate_cards.importing import describe_merge
from locations.rate_cards.parsing import RateRow, RowProblem

JUMP_PERCENT = 50  # a larger change is marked


class ChangeKind(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")
    UNCHANGED = "unchanged", _("Unchanged")
    ERROR = "error", _("Error")


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One destination before and after, or a row of a file with a problem."""

    kind: ChangeKind
    old: Rate | None = None
    new: Rate | RateRow | None = None
    problem: RowProblem | None = None
    note: str = ""

    @property
    def row(self) -> Rate | RateRow | None:
        return self.new or self.old

    @property
    def destination(self) -> str:
        row = self.row
        if row is None:
            return ""
        parts = [f"{country_name(row.country)} ({row.country})", row.carrier_type, row.channel]
        return ", ".join([*parts, f"+{row.prefix}"] if row.prefix else parts)

    @property
    def percent(self) -> float | None:
        if self.old is None or self.new is None or not self.old.credits:
            return None
        return (self.new.credits - self.old.credits) * 100 / self.old.credits

    @property
    def percent_text(self) -> str:
        percent = self.percent
        return f"{percent:+.0f} %".replace("-", MINUS) if percent else ""

    @property
    def is_jump(self) -> bool:
        if self.old is None or self.new is None:
            return False
        percent = self.percent
        return self.new.credits > 0 if percent is None else abs(percent) > JUMP_PERCENT


def find_predecessor(series_name: str, effective_on: dt.date) -> RateCard | None:
    cards = RateCard.objects.published().filter(
        series__name=series_name, effective_on__lte=effective_on
    )
    return cards.order_by("-effective_on").select_related("series").first()


def compare_rates(
    rows: Iterable[Rate | RateRow],
    before: RateCard | None,
    problems: Sequence[RowProblem] = (),
    *,
    rule: str = "",
) -> list[PriceChange]:
    """Errors first, then by destination; `rule` is how prices of a file were merged."""
    old = {rate.destination: rate for rate in before.rates.all()} if before else {}
    changes = [PriceChange(ChangeKind.ERROR, problem=problem) for problem in problems]
    by_destination = []
    for row in rows:
        key = row.destination
        rate = old.pop(key, None)
        if rate is None:
            kind = ChangeKind.NEW
        else:
            kind = ChangeKind.UNCHANGED if rate.terms == row.terms else ChangeKind.CHANGED
        note = describe_merge(row, rule) if isinstance(row, RateRow) else ""
        by_destination.append((key, PriceChange(kind, rate, row, note=note)))
    by_destination += [(key, PriceChange(ChangeKind.REMOVED, rate)) for key, rate in old.items()]
    return changes + [change for _, change in sorted(by_destination, key=lambda item: item[0])]


def describe_chat_change(card: RateCard, before: RateCard | None) -> str:
    if before is None or before.chat_prices == card.chat_prices:
        return ""
    return gettext("Chat, in credits: SMS %(sms_now)s → %(sms)s, MMS %(mms_now)s → %(mms)s.") % {
        "sms_now": before.chat_sms_credits,
        "sms": card.chat_sms_credits,
        "mms_now": before.chat_mms_credits,
        "mms": card.chat_mms_credits,
    }


def count_by_kind(changes: Iterable[PriceChange]) -> dict[ChangeKind, int]:
    counts = dict.fromkeys(ChangeKind, 0)
    for change in changes:
        counts[change.kind] += 1
    return counts
