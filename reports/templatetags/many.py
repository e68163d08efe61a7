"""What a page repeats a hundred times, written in one go.

The template language takes some ten microseconds for each figure; these are most of a page's
figures.
"""

from collections.abc import Callable, Iterable

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_tables2 import Table
from django_tables2.templatetags.django_tables2 import table_page_range

from ledger.reading.daily_usage import Day
from locations.formatting.dates import format_date
from locations.formatting.numbers import format_credits_in, format_signed_in
from locations.templatetags.queries import changed
from reports.account.rows import Line, State
from reports.account.table import STATES, AccountTable
from reports.balance.summary import BareStanding
from reports.chart.chart import Chart
from reports.forecast.forecast import Record
from reports.templatetags.credits import moved_in
from reports.usage.page import Place
from reports.usage.tables import DailyTable

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
HEAD = (
    '<th class="{css_class}" scope="col" role="columnheader"{sorted}>'
    '<a id="sort-{column}" href="{address}#days">{words}</a></th>\n'
)
SORTED = ' aria-sort="{}"'
QUIET = '<a class="day-quiet" href="{address}">{words}</a>'
# The same day twice: beside its columns, and to be opened where they do not fit.
OPENS = (
    '<span class="day-plain"><a href="{address}">{words}</a></span>'
    '<details class="day-opens"><summary><span>{words}</span></summary><dl>{parts}'
    '<div class="go"><dt><a href="{address}">{every_line}</a></dt></div></dl></details>'
)
LOCATION = (
    '<tr role="row"><th class="name" scope="row" role="rowheader"><a href="{address}">{name}</a>'
    '</th><td class="num available{below}" role="cell">{available}</td>'
    '<td class="num used" role="cell"><span class="head" aria-hidden="true">{used_head}</span>'
    " <span>{used}</span></td>"
    '<td class="day runs-out" role="cell"><span class="head" aria-hidden="true">{runs_out_head}'
    "</span> <span>{runs_out}</span></td>"
    '<td class="day renews" role="cell"><span class="head" aria-hidden="true">{renews_head}</span>'
    " <span>{renews}</span></td>"
    '<td class="state state-{state}" role="cell">{state_name}</td></tr>\n'
)
PAGE = (
    '<li><a id="page-{number}" href="{address}"{current}>'
    '<span class="visually-hidden">{page} </span>{number}</a></li>'
)
PLACE = '<a href="{address}">{name}</a>\n'
SOMEWHERE = 2**62
NEXT_TO = '<li><a id="page-{side}" href="{address}" rel="{rel}">{words}</a></li>'
GAP = "<li><span>…</span></li>"
PART = "<div><dt>{}</dt><dd{}>{}</dd></div>"


@register.simple_tag(takes_context=True)
def day_heads(context: Context, table: DailyTable) -> SafeString:
    """The columns, each a link that sorts by it and goes back to the first page."""
    asked = context["request"].GET
    heads = []
    for column in table.columns:
        order = column.order_by_alias
        heads.append(
            HEAD.format(
                css_class=column.column.attrs["th"]["class"],
                sorted=SORTED.format("descending" if order.is_descending else "ascending")
                if column.is_ordered
                else "",
                column=column.name,
                address=escape(changed(asked, sort=order.next, page=None)),
                words=escape(column.header),
            )
        )
    return SafeString("".join(heads))


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
            PART.format(name, mark, format_signed_in(moved[kind], language))
            for kind, name, mark in named
            if moved[kind]
        )
        name = (QUIET if day.is_quiet else OPENS).format(
            address=address, words=words, parts=parts, every_line=every_line
        )
        cells = {kind: moved_in(figure, language) for kind, figure in moved.items()}
        net, closing = moved_in(day.moved.net, language), format_credits_in(day.closing, language)
        return ROW.format(name=name, net=net, closing=closing, **cells)

    return SafeString("".join(row(of.day, escape(of.words), of.address) for of in table.shown_rows))


@register.simple_tag(takes_context=True)
def page_links(context: Context, table: Table, part: str) -> SafeString:
    """The pages around the one that is shown, the first and the last; each leads to `part`."""
    asked = context["request"].GET

    def address(number: int) -> str:
        return f"{escape(changed(asked, page=number))}#{part}"

    shown, page = table.page, escape(_("Page"))
    links = [
        GAP
        if number == "..."
        else PAGE.format(
            number=number,
            address=address(number),
            current=' aria-current="page"' if number == shown.number else "",
            page=page,
        )
        for number in table_page_range(shown, table.paginator)
    ]
    if shown.has_previous():
        before, words = address(shown.number - 1), escape(_("Previous"))
        links.insert(0, NEXT_TO.format(side="before", address=before, rel="prev", words=words))
    if shown.has_next():
        after, words = address(shown.number + 1), escape(_("Next"))
        links.append(NEXT_TO.format(side="after", address=after, rel="next", words=words))
    return SafeString(f'<ul class="page-links">{"".join(links)}</ul>')


@register.simple_tag
def place_links(places: Iterable[Place]) -> SafeString:
    """Each location, as a link to its Credit Usage."""
    address = _addresses()
    return SafeString(
        "".join(
            PLACE.format(address=address(place.pk), name=escape(place.name)) for place in places
        )
    )


def _addresses() -> Callable[[int], str]:
    """The Credit Usage of any location: looking one up takes longer than writing its row."""
    somewhere = reverse("credit-usage", args=[SOMEWHERE])
    return lambda location_id: somewhere.replace(str(SOMEWHERE), str(location_id))


@register.simple_tag
def account_rows(table: AccountTable) -> SafeString:
    """The locations of this page of the table; what no column says for itself is a word."""
    language, address = get_language(), _addresses()
    names = {state.value: escape(name) for state, name in STATES.items()}
    heads = {name: escape(table.columns[name].header) for name in ("used", "runs_out", "renews")}
    return SafeString(
        "".join(
            LOCATION.format(
                address=address(line.place.pk),
                name=escape(line.place.name),
                below=" below" if line.available < 0 else "",
                available=format_credits_in(line.available, language),
                used=format_credits_in(line.used, language),
                runs_out=escape(_runs_out(line)),
                renews=escape(_renews(line.standing)),
                state=line.state.value,
                state_name=names[line.state.value],
                used_head=heads["used"],
                runs_out_head=heads["runs_out"],
                renews_head=heads["renews"],
            )
            for line in table.shown
        )
    )


def _runs_out(line: Line) -> str:
    if line.state == State.NO_CREDITS:
        return "–"
    if line.standing.is_out:
        return _("nothing left")
    if line.runs_out_on:
        return format_date(line.runs_out_on, "j M Y")
    return _("not foreseen") if line.record == Record.ENOUGH else _("too little history")


def _renews(now: BareStanding) -> str:
    if now.renews_on:
        return format_date(now.renews_on, "j M Y")
    if now.term and now.ends_on:
        return _("ends %(day)s") % {"day": format_date(now.ends_on, "j M Y")}
    if now.starts_on:
        return _("begins %(day)s") % {"day": format_date(now.starts_on, "j M Y")}
    return _("no contract")


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
