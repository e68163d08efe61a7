"""What a page repeats a hundred times, written in one go.

The template language takes some ten microseconds for each figure; these are most of a page's
figures.
"""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ledger.daily import Day
from reports.charts import Chart
from reports.tables import DailyTable
from reports.templatetags.credits import credits_in, moved_in, signed_in

register = template.Library()

ROW = (
    '<tr role="row"><th class="day" scope="row" role="rowheader">{name}</th>'
    '<td class="num more additions" role="cell">{additions}</td>'
    '<td class="num more text" role="cell">{text}</td>'
    '<td class="num more voice" role="cell">{voice}</td>'
    '<td class="num more chat" role="cell">{chat}</td>'
    '<td class="num more other" role="cell">{other}</td>'
    '<td class="num fits net" role="cell">{net}</td>'
    '<td class="num fits closing" role="cell">{closing}</td></tr>\n'
)
QUIET = '<a class="day-quiet" href="{address}">{words}</a>'
# The same day twice: beside its columns, and to be opened where they do not fit.
OPENS = (
    '<span class="day-plain"><a href="{address}">{words}</a></span>'
    '<details class="day-opens"><summary><span>{words}</span></summary><dl>{parts}'
    '<div class="go"><dt><a href="{address}">{every_line}</a></dt></div></dl></details>'
)
PART = "<div><dt>{}</dt><dd{}>{}</dd></div>"


@register.simple_tag
def day_rows(table: DailyTable) -> SafeString:
    """The days of this page of the table. Figures and days are written without any mark-up."""
    language = get_language()
    every_line = escape(_("Every line of this day"))
    named = [
        (kind, escape(name), ' class="plus"' if kind == "additions" else "")
        for kind, name in (
            ("additions", _("Additions")),
            ("text", _("Texts")),
            ("voice", _("Calls")),
            ("chat", _("Chat")),
            ("other", _("Lapsed, other")),
        )
    ]

    def row(day: Day, words: str, address: str) -> str:
        """`parts` leaves out what did not move."""
        moved = {kind: getattr(day.moved, kind) for kind, _name, _mark in named}
        parts = "".join(
            PART.format(name, mark, signed_in(moved[kind], language))
            for kind, name, mark in named
            if moved[kind]
        )
        name = (QUIET if day.is_quiet else OPENS).format(
            address=address, words=words, parts=parts, every_line=every_line
        )
        cells = {kind: moved_in(figure, language) for kind, figure in moved.items()}
        net, closing = moved_in(day.moved.net, language), credits_in(day.closing, language)
        return ROW.format(name=name, net=net, closing=closing, **cells)

    return SafeString("".join(row(of.day, escape(of.words), of.address) for of in table.shown_rows))


@register.simple_tag
def bars(chart: Chart) -> SafeString:
    """The parts of all periods; SVG has a point for its decimal sign in every language."""
    return SafeString(
        "\n".join(
            f'<rect class="bar" fill="url(#of-{bar.kind})" rx="1.5" x="{bar.x}%" y="{bar.y}"'
            f' width="{bar.width}%" height="{bar.height}"/>'
            for bar in chart.bars
        )
    )


@register.simple_tag
def spots(chart: Chart) -> SafeString:
    """Where each period is pointed at, and what it says then."""
    return SafeString(
        "\n".join(
            f'<rect class="spot" x="{spot.x}%" width="{spot.width}%" y="0"'
            f' height="{chart.plot_px}"><title>{escape(spot.words)}</title></rect>'
            for spot in chart.spots
        )
    )
