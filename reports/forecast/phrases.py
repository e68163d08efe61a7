import datetime as dt
from math import ceil

from django.utils.html import format_html
from django.utils.safestring import SafeString

from locations.formatting.dates import format_long_date
from locations.formatting.numbers import format_credits
from reports.balance.summary import BalanceSummary


def format_sentence(sentence: str, **facts: object) -> SafeString:
    if not facts:
        return SafeString(sentence)
    return format_html(sentence, **{name: _format(fact) for name, fact in facts.items()})


def by_step(summary: BalanceSummary, renewal: str, end: str, start: str = "") -> str:
    """One of the texts, by what happens next to the contract."""
    if summary.renews_on:
        return renewal
    return end if summary.ends_on else start


def round_figure(value: float) -> int:
    """Two significant digits, below 100 whole tens: a forecast is no more exact."""
    return int(round(value, -_zeros(value)))


def round_up_figure(value: float) -> int:
    """Like `round_figure`, but up, and at least ten."""
    unit = 10 ** _zeros(value)
    return max(unit, -(-ceil(value) // unit) * unit)


def _zeros(value: float) -> int:
    return max(1, len(str(int(abs(value)))) - 2)


def _format(fact: object) -> object:
    if isinstance(fact, dt.date):
        return format_long_date(fact)
    return format_credits(fact) if isinstance(fact, int) else fact
