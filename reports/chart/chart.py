"""The geometry of the usage chart; templates draw it as SVG.

Widths are percent of the plot, so that one drawing serves every screen; heights are pixels.
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
from reports.chart.periods import Length, Period, group_days
from reports.chart.scales import PLOT_PX, GridLine, Scale, scale_for

KINDS = ("chat", "voice", "text")  # from the bottom up
TOP_PX = (10, 24, 40)  # without marks, with one row of them, with two
FOOT_PX = 24
BAR_SHARE = 0.72  # of a period's width
MAX_BAR_WIDTH = 5.0  # percent
MAX_AXIS_LABELS = 6
# The narrowest plots of a wide screen and of a phone, in pixels, in which marks must fit.
WIDE_PX, NARROW_PX = 600, 200
LETTER_PX, MARK_GAP_PX = 6.6, 14
MARK_ROWS = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """The usage of one kind in a period; x and width are percent, y and height pixels."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class AxisLabel:
    x: float
    text: str
    is_optional: bool  # hidden on a phone


@dataclass(frozen=True, slots=True)
class Mark:
    """Credits that came in; a row is None where the text does not fit."""

    x: float
    period: str
    text: str
    wide_row: int | None
    narrow_row: int | None
    wide_ends: bool  # the text ends at the mark, because the edge is near
    narrow_ends: bool


@dataclass(frozen=True, slots=True)
class Chart:
    length: Length
    kinds: tuple[str, ...]
    periods: tuple[Period, ...]
    columns: tuple[Column, ...]
    grid_lines: tuple[GridLine, ...]
    axis_labels: tuple[AxisLabel, ...]
    marks: tuple[Mark, ...]
    balance: str  # points of its line; x is in periods
    end_y: float
    zero_y: float
    busiest: Period | None
    top_px: int

    @property
    def is_cut(self) -> bool:
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


def draw_chart(
    usage: DailyUsage,
    *,
    until: dt.date,
    kinds: Collection[str] = (),
    cumulative: bool = False,
    contract_began_on: dt.date | None = None,
) -> Chart | None:
    """The days up to `until`; None where there is nothing to draw. No `kinds` are all kinds."""
    days = list(usage.every_day(until))
    if not days or not (usage.days or usage.opening):
        return None
    length = Length.for_days((days[-1].day - days[0].day).days + 1)
    periods = tuple(group_days(days, length))
    drawn_kinds = tuple(kind for kind in KINDS if not kinds or kind in kinds)
    moves = [period.moved for period in periods]
    heights = list(accumulate(moves)) if cumulative else moves
    marks = _marks(periods, contract_began_on)
    rows = [row for mark in marks for row in (mark.wide_row, mark.narrow_row) if row is not None]
    top_px = TOP_PX[max(rows) + 1 if rows else 0]
    scale = scale_for(
        max_used=max(_used(moved, drawn_kinds) for moved in heights),
        balances=[usage.opening, *(period.closing for period in periods)],
        top_px=top_px,
    )
    closings = [scale.balance_y(period.closing) for period in periods]
    points = [(0.0, scale.balance_y(usage.opening))]
    points += [(number + 0.5, y) for number, y in enumerate(closings)]
    return Chart(
        length=length,
        kinds=drawn_kinds,
        periods=periods,
        columns=tuple(
            map(Column, _labels(periods, heights, drawn_kinds), _bars(heights, drawn_kinds, scale))
        ),
        grid_lines=tuple(scale.grid_lines()),
        axis_labels=tuple(_axis_labels(periods)),
        marks=tuple(marks),
        balance=" ".join(f"{x:g},{y:g}" for x, y in points),
        end_y=closings[-1],
        zero_y=scale.zero_y,
        busiest=_busiest(periods, drawn_kinds),
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
    width = min(BAR_SHARE * 100 / count, MAX_BAR_WIDTH)
    for number, moved in enumerate(heights):
        x = round((number + 0.5) * 100 / count - width / 2, 3)
        bars = []
        foot = zero_y
        for kind in kinds:
            height = scale.usage_px(-getattr(moved, kind))
            if height > 0:
                drawn_px = max(height, 1)
                # A pixel of air keeps kinds apart where there is room for it.
                air = 1 if foot < zero_y and drawn_px > 2 else 0
                top = round(foot - drawn_px, 2)
                bars.append(Bar(kind, x, top, round(width, 3), round(drawn_px - air, 2)))
                foot = top
        yield tuple(bars)


def _axis_labels(periods: Sequence[Period]) -> list[AxisLabel]:
    count = len(periods)
    stride = math.ceil(count / MAX_AXIS_LABELS)
    with_year = periods[0].first_on.year != periods[-1].last_on.year
    layout = {Length.DAY: "j M", Length.WEEK: "j M Y" if with_year else "j M"}.get(
        periods[0].length, "M Y"
    )
    # The last label is half a stride from the edge, so that its text cannot cross it.
    numbers = list(range(count - 1 - stride // 2, -1, -stride))
    return [
        AxisLabel(_percent(n + 0.5, count), format_date(periods[n].first_on, layout), i % 2 == 1)
        for i, n in enumerate(numbers)
    ]


def _mark_text(period: Period, contract_began_on: dt.date | None) -> str:
    parts = []
    if period.granted is not None:
        began = contract_began_on is not None and (
            period.first_on <= contract_began_on <= period.last_on
        )
        parts.append(_("contract began") if began else _("renewed"))
    if period.bought:
        parts.append(_("bought %s") % format_credits(period.bought))
    return ", ".join(parts)


def _marks(periods: Sequence[Period], contract_began_on: dt.date | None) -> list[Mark]:
    marks = [
        (_percent(number + 0.5, len(periods)), period.label, text)
        for number, period in enumerate(periods)
        if (text := _mark_text(period, contract_began_on))
    ]
    texts = [(x, text) for x, _label, text in marks]
    wide, narrow = _fit_texts(texts, WIDE_PX), _fit_texts(texts, NARROW_PX)
    return [
        Mark(x, label, text, wide[i][0], narrow[i][0], wide[i][1], narrow[i][1])
        for i, (x, label, text) in enumerate(marks)
    ]


def _fit_texts(texts: Sequence[tuple[float, str]], plot_px: int) -> list[tuple[int | None, bool]]:
    taken = [-math.inf] * MARK_ROWS  # how far each row is filled, in pixels
    rows: list[tuple[int | None, bool]] = []
    for x, text in texts:
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
    periods: Sequence[Period], heights: Sequence[Movement], kinds: Sequence[str]
) -> Iterator[str]:
    names = {"text": _("texts"), "voice": _("calls"), "chat": _("chat")}
    new_term, bought, balance = _("new term %s"), _("bought %s"), _("balance %s")
    for period, moved in zip(periods, heights, strict=True):
        used = [(names[kind], -getattr(moved, kind)) for kind in reversed(kinds)]
        parts = [f"{name} {format_credits(figure)}" for name, figure in used if figure]
        if period.granted is not None:
            parts.append(new_term % format_credits(period.granted))
        if period.bought:
            parts.append(bought % format_credits(period.bought))
        parts.append(balance % format_credits(period.closing))
        yield f"{period.label}: {', '.join(parts)}"


def _busiest(periods: Sequence[Period], kinds: Sequence[str]) -> Period | None:
    busiest = max(periods, key=lambda period: _used(period.moved, kinds))
    return busiest if _used(busiest.moved, kinds) else None
