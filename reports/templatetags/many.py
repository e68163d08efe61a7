"""What a page repeats a hundred times, written in one go.

The template language takes some ten microseconds for each figure; these are most of a page's
figures.
"""

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ledger.daily import Day
from reports.charts import Chart
from reports.templatetags.credits import credits, moved, signed

register = template.Library()

CELLS = (
    '<td class="num more additions" role="cell">{}</td>'
    '<td class="num more text" role="cell">{}</td>'
    '<td class="num more voice" role="cell">{}</td>'
    '<td class="num more chat" role="cell">{}</td>'
    '<td class="num more other" role="cell">{}</td>'
    '<td class="num fits net" role="cell">{}</td>'
    '<td class="num fits closing" role="cell">{}</td>'
)


@register.simple_tag
def cells(day: Day) -> SafeString:
    """What moved on a day and its closing balance, beside its name in the daily table."""
    m = day.moved
    figures = (m.additions, m.text, m.voice, m.chat, m.other, m.net)
    return format_html(CELLS, *map(moved, figures), credits(day.closing))


@register.simple_tag
def parts(day: Day) -> SafeString:
    """The same as a list, for where the columns do not fit; nothing of what did not move."""
    m = day.moved
    named = (
        (_("Additions"), m.additions, ' class="plus"'),
        (_("Texts"), m.text, ""),
        (_("Calls"), m.voice, ""),
        (_("Chat"), m.chat, ""),
        (_("Lapsed, other"), m.other, ""),
    )
    return format_html_join(
        "",
        "<div><dt>{}</dt><dd{}>{}</dd></div>",
        ((name, SafeString(kind), signed(credits_)) for name, credits_, kind in named if credits_),
    )


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
