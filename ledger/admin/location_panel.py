"""The credits panel of a location's admin page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from ledger.admin.location_summary import LedgerFigures, ledger_figures
from ledger.models import EntryKind
from locations.admin.panels import Panel, register_panel
from locations.formatting import numbers
from locations.models import Location


@register_panel
def credits_panel(request: HttpRequest, location: Location) -> Panel | None:
    if not request.user.has_perm("ledger.view_balance"):
        return None
    figures = ledger_figures(location, at=timezone.now())
    content = {
        "location": location,
        "figures": figures,
        "credits": _format_credits(figures),
        "entries": [
            {
                "entry": entry,
                "kind": EntryKind(entry.kind),
                "credits": numbers.format_signed(entry.credits),
                "after": numbers.format_credits(entry.balance_after),
            }
            for entry in figures.entries
        ]
        if request.user.has_perm("ledger.view_entry")
        else [],
        "holds": figures.holds if request.user.has_perm("ledger.view_hold") else [],
        "pending": [
            {
                "kind": EntryKind(pending.kind),
                "credits": numbers.format_signed(pending.credits),
                "request": pending,
                "url": reverse(f"admin:ledger_{pending.type.value}_change", args=[pending.pk]),
            }
            for pending in figures.pending
            if request.user.has_perm(f"ledger.view_{pending.type.value}")
        ],
    }
    return Panel("admin/ledger/location_panel.html", content)


def _format_credits(figures: LedgerFigures) -> dict[str, Any]:
    balance, upcoming = figures.balance, figures.upcoming
    return {
        "available": numbers.format_credits(balance.available),
        "contract": numbers.format_credits(balance.contract_credits),
        "purchased": numbers.format_credits(max(0, balance.purchased_credits)),
        "held": numbers.format_credits(balance.held_credits),
        "debt": numbers.format_credits(-figures.debt) if figures.debt else "",
        "lapses": numbers.format_credits(-upcoming.lapses) if upcoming.lapses else "",
        "granted": numbers.format_signed(upcoming.granted) if upcoming.granted is not None else "",
        "written_off": numbers.format_signed(upcoming.written_off) if upcoming.written_off else "",
    }
