"""The chart's geometry: scales, bars, dates, marks. No database: it draws what it is given."""

import datetime as dt

import pytest

from ledger.reading.daily_usage import DailyUsage, Day, Movement
from reports.chart.chart import AxisLabel, Bar, Chart, draw_chart
from reports.chart.periods import Length
from reports.chart.scales import GridLine, round_step, scale_for, short_figure

FIRST = dt.date(2026, 6, 1)  # a Monday


def usage(*days: Day, first_on: dt.date | None = FIRST, opening: int = 100) -> DailyUsage:
    total = Movement()
    for day in days:
        total += day.moved
    return DailyUsage(first_on, None, opening, days, days, total, total)


def drawn(*moves: Movement, **facts: object) -> Chart:
    """A chart of days in a row, from the first of June."""
    days, balance = [], 100
    for number, moved in enumerate(moves):
        days.append(Day(FIRST + dt.timedelta(days=number), balance, moved))
        balance = days[-1].closing
    chart = draw_chart(usage(*days), until=days[-1].day, **facts)  # type: ignore[arg-type]
    assert chart is not None
    return chart


def quiet(days: int, **facts: object) -> Chart:
    until = FIRST + dt.timedelta(days=days - 1)
    chart = draw_chart(usage(), until=until, **facts)  # type: ignore[arg-type]
    assert chart is not None
    return chart


def bars(chart: Chart) -> tuple[Bar, ...]:
    return tuple(bar for column in chart.columns for bar in column.bars)


@pytest.mark.parametrize(
    ("highest", "lines", "expected"),
    [(0, 4, 1), (1, 4, 1), (4, 4, 1), (5, 4, 2), (6, 4, 2), (57, 4, 15), (160, 4, 40),
     (161, 4, 50), (9_811, 4, 2_500), (1_000_001, 2, 600_000)],
)  # fmt: skip
def test_step_is_round_whole_and_high_enough(highest: int, lines: int, expected: int) -> None:
    assert round_step(highest, lines) == expected


def test_figures_of_a_scale_are_short_and_exact() -> None:
    written = [short_figure(value) for value in (0, 800, 9_000, 12_500, -20_000, 1_500_000, 10_001)]
    assert written == ["0", "800", "9,000", "12.5k", "−20k", "1.5M", "10,001"]


def test_both_scales_share_their_lines() -> None:
    assert scale_for(150, [4_850, 6_000], top_px=10).grid_lines() == [
        GridLine(170, "0", "0"),
        GridLine(130, "40", "1,500"),
        GridLine(90, "80", "3,000"),
        GridLine(50, "120", "4,500"),
        GridLine(10, "160", "6,000"),
    ]


def test_below_zero_there_is_only_balance() -> None:
    scale = scale_for(8, [100, -140], top_px=0)
    assert [(line.usage, line.balance) for line in scale.grid_lines()] == [
        (None, "−120"),
        (None, "−60"),
        ("0", "0"),
        ("4", "60"),
        ("8", "120"),
    ]
    assert scale.balance_y(-140) == pytest.approx(160, abs=0.05)


def test_kinds_are_stacked_from_zero_chat_first() -> None:
    chart = drawn(Movement(text=-10, voice=-20, chat=-10), Movement(chat=-1))
    assert bars(chart) == (
        Bar("chat", 22.5, 130.0, 5.0, 40.0),
        Bar("voice", 22.5, 50.0, 5.0, 79.0),
        Bar("text", 22.5, 10.0, 5.0, 39.0),
        Bar("chat", 72.5, 166.0, 5.0, 4.0),
    )


def test_the_smallest_usage_can_be_seen() -> None:
    chart = drawn(Movement(text=-10_000), Movement(chat=-1))
    assert [(bar.kind, bar.height) for bar in bars(chart)][1] == ("chat", 1)


def test_only_the_chosen_kinds_are_drawn() -> None:
    move = Movement(text=-10, voice=-20, chat=-10)
    assert [bar.kind for bar in bars(drawn(move, kinds=["voice"]))] == ["voice"]
    chart = drawn(move, kinds=["additions"])
    assert (chart.kinds, bars(chart), chart.busiest) == ((), (), None)
    assert {line.usage for line in chart.grid_lines} == {None}


def test_cumulative_bars_add_up_and_the_balance_stays() -> None:
    moves = [Movement(chat=-10), Movement(), Movement(chat=-30)]
    daily, adding = drawn(*moves), drawn(*moves, cumulative=True)
    assert [bar.height for bar in bars(adding)] == [40, 40, 160]
    assert adding.balance == daily.balance == "0,10 0.5,26 1.5,26 2.5,74"


def test_balance_line_ends_with_the_closing_balance() -> None:
    chart = drawn(Movement(chat=-100))
    assert (chart.end_x, chart.end_y) == (50, chart.zero_y)


@pytest.mark.parametrize(
    ("days", "length", "bars", "is_cut"),
    [(1, Length.DAY, 1, False), (92, Length.DAY, 92, False), (93, Length.WEEK, 14, True),
     (98, Length.WEEK, 14, False), (400, Length.WEEK, 58, True), (401, Length.MONTH, 14, True),
     (3653, Length.MONTH, 120, False)],
)  # fmt: skip
def test_long_ranges_are_gathered(days: int, length: Length, bars: int, is_cut: bool) -> None:
    chart = quiet(days)
    assert (chart.length, len(chart.periods), chart.is_cut) == (length, bars, is_cut)
    assert chart.periods[0].first_on == FIRST
    assert chart.periods[-1].last_on == FIRST + dt.timedelta(days=days - 1)


def test_a_week_adds_up_its_days_and_closes_with_the_last() -> None:
    moves = [Movement(chat=-1)] * 100
    first, *_, last = drawn(*moves).periods
    assert (first.moved, first.closing) == (Movement(chat=-7), 93)
    assert (last.moved, last.closing, last.label) == (Movement(chat=-2), 0, "7 Sep – 8 Sep 2026")


def test_days_to_come_are_not_drawn() -> None:
    assert draw_chart(usage(), until=FIRST - dt.timedelta(days=1)) is None
    assert draw_chart(usage(first_on=None), until=FIRST) is None


def test_a_location_without_credits_has_no_chart_yet() -> None:
    assert draw_chart(usage(opening=0), until=FIRST) is None


def test_dates_are_few_and_a_phone_has_half_of_them() -> None:
    assert quiet(30).axis_labels == (
        AxisLabel(91.667, "28 Jun", False),
        AxisLabel(75.0, "23 Jun", True),
        AxisLabel(58.333, "18 Jun", False),
        AxisLabel(41.667, "13 Jun", True),
        AxisLabel(25.0, "8 Jun", False),
        AxisLabel(8.333, "3 Jun", True),
    )
    assert quiet(380).axis_labels[0].text == "10 May 2027"
    assert quiet(3653).axis_labels[0].text == "Jul 2035"
    assert all(len(quiet(days).axis_labels) <= 6 for days in range(1, 500, 9))


def marked(*days: Day, until: int = 29, **facts: object) -> list[tuple[str, int | None]]:
    chart = draw_chart(
        usage(*days),
        until=FIRST + dt.timedelta(days=until),
        **facts,  # type: ignore[arg-type]
    )
    assert chart is not None
    return [(mark.text, mark.wide_row) for mark in chart.marks]


def bought(day: int, credits: int) -> Day:
    return Day(FIRST + dt.timedelta(days=day), 0, Movement(additions=credits), bought=credits)


def test_incoming_credits_are_marked() -> None:
    renewed = Day(FIRST, 0, Movement(additions=9000), granted=9000)
    assert marked(renewed, bought(20, 2500)) == [("renewed", 0), ("bought 2,500", 0)]
    assert marked(renewed, contract_began_on=FIRST) == [("contract began", 0)]
    both = Day(FIRST, 0, Movement(additions=9500), bought=500, granted=9000)
    assert marked(both) == [("renewed, bought 500", 0)]


def test_a_term_without_credits_began_as_well() -> None:
    assert marked(Day(FIRST, 0, Movement(), granted=0)) == [("renewed", 0)]


def test_words_that_would_overlap_go_to_the_second_row_or_are_left_to_the_table() -> None:
    near = [bought(day, credits) for day, credits in ((9, 1), (10, 2), (11, 3), (12, 4))]
    assert marked(*near) == [
        ("bought 1", 0),
        ("bought 2", 1),
        ("bought 3", None),
        ("bought 4", None),
    ]


def test_text_ends_at_its_mark_where_it_only_fits_there() -> None:
    chart = draw_chart(usage(bought(8, 1), bought(20, 2)), until=FIRST + dt.timedelta(days=29))
    assert chart is not None
    assert [(mark.narrow_row, mark.narrow_ends) for mark in chart.marks] == [(0, False), (1, True)]


def test_a_word_near_the_edge_ends_at_its_mark() -> None:
    chart = draw_chart(usage(bought(29, 2500)), until=FIRST + dt.timedelta(days=29))
    assert chart is not None
    assert [(mark.wide_ends, mark.narrow_ends) for mark in chart.marks] == [(True, True)]


def test_marks_of_a_week_are_gathered() -> None:
    assert marked(bought(0, 100), bought(6, 200), until=99) == [("bought 300", 0)]


def test_room_for_marks_is_made_only_where_there_are_any() -> None:
    assert quiet(30).top_px == 10
    chart = draw_chart(usage(bought(9, 1)), until=FIRST + dt.timedelta(days=29))
    assert chart is not None
    assert (chart.top_px, chart.height_px) == (24, 208)


def test_each_column_has_a_label_with_its_figures() -> None:
    chart = drawn(Movement(text=-10, voice=-20, chat=-10), Movement(chat=-1))
    assert [column.label for column in chart.columns] == [
        "Mon 1 Jun 2026: texts 10, calls 20, chat 10, balance 60",
        "Tue 2 Jun 2026: chat 1, balance 59",
    ]
    assert chart.busiest == chart.periods[0]
