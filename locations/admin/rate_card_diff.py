"""Changes from one price list to another: filtered, paged, as CSV."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _

from locations.admin.tables import PriceChangeTable
from locations.downloads import CSV, download, write_csv
from locations.formatting.countries import country_name
from locations.rate_cards.comparison import JUMP_PERCENT, ChangeKind, PriceChange, count_by_kind

ROWS_PER_PAGE = 200
JUMPS = "jumps"
DIFFERENT = "different"
HEADINGS = (
    *("what", "country", "name", "carrier_type", "channel", "prefix"),
    *("credits_now", "credits_then", "increments_now", "increments_then", "percent", "note"),
)


def filter_changes(request: HttpRequest, changes: Sequence[PriceChange]) -> list[PriceChange]:
    """The changes of one kind (`show`) and of one country."""
    show, country = request.GET.get("show", ""), request.GET.get("country", "")
    if show == JUMPS:
        changes = [change for change in changes if change.is_jump]
    elif show == DIFFERENT:
        changes = [change for change in changes if change.kind != ChangeKind.UNCHANGED]
    elif show in ChangeKind.values:
        changes = [change for change in changes if change.kind == show]
    if country:
        changes = [change for change in changes if change.row and change.row.country == country]
    return list(changes)


def diff_context(request: HttpRequest, changes: Sequence[PriceChange]) -> dict[str, Any]:
    """For `admin/locations/ratecard/_changes.html`."""
    number = count_by_kind(changes)
    jumping = sum(change.is_jump for change in changes)
    tabs = [("", _("All"), len(changes))]
    tabs += [(DIFFERENT, _("Different"), len(changes) - number[ChangeKind.UNCHANGED])]
    tabs += [(kind.value, str(kind.label), number[kind]) for kind in ChangeKind if number[kind]]
    if jumping:
        tabs += [(JUMPS, _("Jumps over ±%s %%") % JUMP_PERCENT, jumping)]
    countries = sorted({change.row.country for change in changes if change.row})
    filtered = filter_changes(request, changes)
    page = Paginator(filtered, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "tabs": tabs,
        "show": request.GET.get("show", ""),
        "countries": [(code, country_name(code)) for code in countries],
        "country": request.GET.get("country", ""),
        "page": page,
        "table": PriceChangeTable(list(page)),
    }


def download_changes(changes: Sequence[PriceChange], name: str) -> FileResponse:
    rows = [HEADINGS, *map(_cells, changes)]
    return download(write_csv(rows), CSV, name)


def _cells(change: PriceChange) -> list[object]:
    row = change.row
    if row is None:
        return [change.kind.value, *[""] * 10, str(change.problem)]
    old, new = change.old, change.new
    steps = [
        f"{each.first_seconds}/{each.following_seconds}" if each and each.channel == "voice" else ""
        for each in (old, new)
    ]
    return [
        *(change.kind.value, row.country, country_name(row.country)),
        *(row.carrier_type, row.channel, row.prefix),
        *(old.credits if old else "", new.credits if new else "", *steps),
        *("" if change.percent is None else round(change.percent, 1), change.note),
    ]
