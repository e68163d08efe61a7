import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from locations.formatting.numbers import MINUS, format_credits

PLOT_PX = 160
MAX_GRID_LINES = 4  # above and below zero
ROUND_FACTORS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class GridLine:
    y: float
    usage: str | None
    balance: str


@dataclass(frozen=True)  # cached_property needs a __dict__, so no slots
class Scale:
    """`above` and `below` count grid lines over and under zero; pixels are counted from the top."""

    top_px: int
    above: int
    below: float
    usage_step: int
    balance_step: int
    has_usage: bool

    @cached_property
    def line_px(self) -> float:
        return PLOT_PX / (self.above + self.below)

    @cached_property
    def zero_y(self) -> float:
        return round(self.top_px + self.above * self.line_px, 2)

    def usage_px(self, used: int) -> float:
        return used / self.usage_step * self.line_px

    def balance_y(self, balance: int) -> float:
        return round(self.zero_y - balance / self.balance_step * self.line_px, 2)

    def grid_lines(self) -> list[GridLine]:
        return [
            GridLine(
                y=round(self.zero_y - number * self.line_px, 2),
                usage=short_figure(number * self.usage_step)
                if self.has_usage and number >= 0
                else None,
                balance=short_figure(number * self.balance_step),
            )
            for number in range(-math.floor(self.below), self.above + 1)
        ]


def scale_for(max_used: int, balances: Sequence[int], *, top_px: int) -> Scale:
    highest, lowest = max(0, *balances), max(0, *(-balance for balance in balances))
    balance_step = round_step(highest + lowest, MAX_GRID_LINES)
    above = max(2, math.ceil(highest / balance_step))
    below = lowest / balance_step
    return Scale(top_px, above, below, round_step(max_used, above), balance_step, max_used > 0)


def round_step(highest: float, lines: int) -> int:
    """The smallest round integer of which `lines` reach `highest`; at least 1."""
    least = max(highest / lines, 1)
    magnitude = 10 ** math.floor(math.log10(least))
    for factor in ROUND_FACTORS:
        figure = factor * magnitude
        if figure >= least and figure == int(figure):
            return int(figure)
    return 10 * magnitude


def short_figure(value: int) -> str:
    """800, 9,000, 12.5k, 2M; never rounded."""
    for least, size, unit in ((10**6, 10**6, _("%sM")), (10**4, 10**3, _("%sk"))):
        if abs(value) >= least and value % (size // 10) == 0:
            return (MINUS if value < 0 else "") + unit % number_format(f"{abs(value) / size:g}")
    return format_credits(value)
