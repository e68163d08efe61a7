"""The chart of the daily table: where each part of it stands. No query, no markup.

Widths are percent of the plot, so that one drawing serves every screen and its text is never
scaled; heights are pixels. Bars stand on zero and are read on the left, the balance on the
right; both scales share their lines. Below zero there is only balance.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.utils.translation import gettext as _

from ledger.reading.daily_usage import DailyUsage, Movement
from locations.formatting.dates import format_date
from locations.formatting.numbers import format_credits
from reports.chart.periods import Length, Period, periods
from reports.chart.scales import PLOT_PX, Line, Scale, scale_for

KINDS = ("chat", "voice", "text")  # from the bottom up
TOP_PX = (10, 24, 40)  # without marks, with one row of them, with two
FOOT_PX = 24
BAR_SHARE = 0.72  # of a period's width
WIDEST_BAR = 5.0
MOST_DATES = 6
# For the room that marks need: the narrowest plots of a wide screen and of a phone, in pixels.
WIDE_PX, NARROW_PX = 600, 200
LETTER_PX, MARK_GAP_PX = 6.6, 14
MARK_ROWS = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a period's usage: percent across, pixels down."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """The bars of one period, and the sentence that is displayed when it is pointed at."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Date:
    x: float
    text: str
    is_spare: bool  # left out on a phone


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that came in; its word stands in a row of its own where there is room."""

    x: float
    period: str
    text: str
    wide_row: int | None
    narrow_row: int | None
    wide_ends: bool  # the word ends at the mark, because the edge is near
    narrow_ends: bool


@dataclass(frozen=True, slots=True)
class Chart:
    length: Length
    kinds: tuple[str, ...]
    periods: tuple[Period, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    dates: tuple[Date, ...]
    marks: tuple[Mark, ...]
    balance: str  # points of the line, in a plot as many units wide as there are periods
    end_y: float
    zero_y: float
    busiest: Period | None
    top_px: int

    @property
    def is_cut(self) -> bool:
        """Whether the first or the last bar holds fewer days than its length."""
        return not (self.periods[0].is_whole and self.periods[-1].is_whole)

    @property
    def end_x(self) -> float:
        return _percent(len(self.periods) - 0.5, len(self.periods))

    @property
    def plot_px(self) -> int:
        return self.top_px + PLOT_PX

    @property
    def height_px(self) -> int:
        return self.plot_px + FOOT_PX


def draw(
    usage: DailyUsage,
    *,
    until: dt.date,
    kinds: Collection[str] = (),
    cumulative: bool = False,
    contract_began_on: dt.date | None = None,
) -> Chart | None:
    """The chart of these days up to `until`; None where there is nothing to show.

    Only usage of the given kinds is drawn, all three if none is given.
    """
    days = list(usage.every_day(until))
    if not days or not (usage.days or usage.opening):
        return None
    length = Length.for_days((days[-1].day - days[0].day).days + 1)
    shown = tuple(periods(days, length))
    drawn = tuple(kind for kind in KINDS if not kinds or kind in kinds)
    moves = [period.moved for period in shown]
    heights = list(accumulate(moves)) if cumulative else moves
    marks = _marks(shown, contract_began_on)
    rows = [row for mark in marks for row in (mark.wide_row, mark.narrow_row) if row is not None]
    top_px = TOP_PX[max(rows) + 1 if rows else 0]
    scale = scale_for(
        most_used=max(_used(moved, drawn) for moved in heights),
        balances=[usage.opening, *(period.closing for period in shown)],
        top_px=top_px,
    )
    closings = [scale.balance_y(period.closing) for period in shown]
    points = [(0.0, scale.balance_y(usage.opening))]
    points += [(number + 0.5, y) for number, y in enumerate(closings)]
    return Chart(
        length=length,
        kinds=drawn,
        periods=shown,
        columns=tuple(map(Column, _labels(shown, heights, drawn), _bars(heights, drawn, scale))),
        lines=tuple(scale.lines()),
        dates=tuple(_dates(shown)),
        marks=tuple(marks),
        balance=" ".join(f"{x:g},{y:g}" for x, y in points),
        end_y=closings[-1],
        zero_y=scale.zero_y,
        busiest=_busiest(shown, drawn),
        top_px=top_px,
    )


def _used(moved: Movement, kinds: Sequence[str]) -> int:
    return -sum(getattr(moved, kind) for kind in kinds)


def _percent(part: float, whole: float) -> float:
    return round(part * 100 / whole, 3)


def _bars(
    heights: Sequence[Movement], kinds: Sequence[str], scale: Scale
) -> Iterator[tuple[Bar, ...]]:
    count, zero_y = len(heights), scale.zero_y
    width = min(BAR_SHARE * 100 / count, WIDEST_BAR)
    for number, moved in enumerate(heights):
        x = round((number + 0.5) * 100 / count - width / 2, 3)
        bars = []
        foot = zero_y
        for kind in kinds:
            height = scale.usage_px(-getattr(moved, kind))
            if height > 0:
                drawn = max(height, 1)
                # A pixel of air keeps kinds apart where there is room for it.
                air = 1 if foot < zero_y and drawn > 2 else 0
                top = round(foot - drawn, 2)
                bars.append(Bar(kind, x, top, round(width, 3), round(drawn - air, 2)))
                foot = top
        yield tuple(bars)


def _dates(shown: Sequence[Period]) -> list[Date]:
    """Some of the days, counted back from the last; a phone has every other one."""
    count = len(shown)
    stride = math.ceil(count / MOST_DATES)
    with_year = shown[0].first_on.year != shown[-1].last_on.year
    layout = {Length.DAY: "j M", Length.WEEK: "j M Y" if with_year else "j M"}.get(
        shown[0].length, "M Y"
    )
    # The last word stands half a stride from the edge, where it cannot run over it.
    numbers = list(range(count - 1 - stride // 2, -1, -stride))
    return [
        Date(_percent(n + 0.5, count), format_date(shown[n].first_on, layout), i % 2 == 1)
        for i, n in enumerate(numbers)
    ]


def _came_in(period: Period, contract_began_on: dt.date | None) -> str:
    """What is marked at a period, in words; nothing if nothing is."""
    words = []
    if period.granted is not None:
        began = contract_began_on is not None and (
            period.first_on <= contract_began_on <= period.last_on
        )
        words.append(_("contract began") if began else _("renewed"))
    if period.bought:
        words.append(_("bought %s") % format_credits(period.bought))
    return ", ".join(words)


def _marks(shown: Sequence[Period], contract_began_on: dt.date | None) -> list[Mark]:
    found = [
        (_percent(number + 0.5, len(shown)), period.label, words)
        for number, period in enumerate(shown)
        if (words := _came_in(period, contract_began_on))
    ]
    placed = [(x, words) for x, __, words in found]
    wide, narrow = _rows(placed, WIDE_PX), _rows(placed, NARROW_PX)
    return [
        Mark(x, label, words, wide[i][0], narrow[i][0], wide[i][1], narrow[i][1])
        for i, (x, label, words) in enumerate(found)
    ]


def _rows(found: Sequence[tuple[float, str]], plot_px: int) -> list[tuple[int | None, bool]]:
    """For each mark the row of its word, None where there is no room, and whether it ends there."""
    taken = [-math.inf] * MARK_ROWS  # how far each row is filled, in pixels
    rows: list[tuple[int | None, bool]] = []
    for x, text in found:
        at, width = x * plot_px / 100, len(text) * LETTER_PX + MARK_GAP_PX
        room = [
            (row, start, ends)
            for row, filled in enumerate(taken)
            for start, ends in ((at, False), (at - width, True))
            if start >= max(filled, 0) and start + width <= plot_px
        ]
        if room:
            row, start, ends = room[0]
            taken[row] = start + width
            rows.append((row, ends))
        else:
            rows.append((None, False))
    return rows


def _labels(
    shown: Sequence[Period], heights: Sequence[Movement], kinds: Sequence[str]
) -> Iterator[str]:
    names = {"text": _("texts"), "voice": _("calls"), "chat": _("chat")}
    new_term, bought, balance = _("new term %s"), _("bought %s"), _("balance %s")
    for period, moved in zip(shown, heights, strict=True):
        used = [(names[kind], -getattr(moved, kind)) for kind in reversed(kinds)]
        parts = [f"{name} {format_credits(figure)}" for name, figure in used if figure]
        if period.granted is not None:
            parts.append(new_term % format_credits(period.granted))
        if period.bought:
            parts.append(bought % format_credits(period.bought))
        parts.append(balance % format_credits(period.closing))
        yield f"{period.label}: {', '.join(parts)}"


def _busiest(shown: Sequence[Period], kinds: Sequence[str]) -> Period | None:
    busiest = max(shown, key=lambda period: _used(period.moved, kinds))
    return busiest if _used(busiest.moved, kinds) else None
