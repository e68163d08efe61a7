"""On a location's page: its balance, its term, its newest entries, what is held and what waits."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from ledger.admin.location_summary import LocationFigures, location_figures
from ledger.models import EntryKind
from locations.admin.panels import Panel, register_panel
from locations.formatting import numbers
from locations.models import Location


@register_panel
def credits(request: HttpRequest, location: Location) -> Panel | None:
    if not request.user.has_perm("ledger.view_balance"):
        return None
    found = location_figures(location, at=timezone.now())
    said = {
        "location": location,
        "figures": found,
        "parts": _parts(found),
        "entries": [
            {
                "entry": entry,
                "kind": EntryKind(entry.kind),
                "credits": numbers.format_signed(entry.credits),
                "after": numbers.format_credits(entry.balance_after),
            }
            for entry in found.entries
        ]
        if request.user.has_perm("ledger.view_entry")
        else [],
        "holds": found.holds if request.user.has_perm("ledger.view_hold") else [],
        "waiting": [
            {
                "kind": EntryKind(waits.kind),
                "credits": numbers.format_signed(waits.credits),
                "waits": waits,
                "address": reverse(f"admin:ledger_{waits.what.value}_change", args=[waits.pk]),
            }
            for waits in found.waiting
            if request.user.has_perm(f"ledger.view_{waits.what.value}")
        ],
    }
    return Panel("admin/ledger/location_panel.html", said)


def _parts(of: LocationFigures) -> dict[str, Any]:
    balance, upcoming = of.balance, of.upcoming
    return {
        "available": numbers.format_credits(balance.available),
        "contract": numbers.format_credits(balance.contract_credits),
        "purchased": numbers.format_credits(max(0, balance.purchased_credits)),
        "held": numbers.format_credits(balance.held_credits),
        "debt": numbers.format_credits(-of.debt) if of.debt else "",
        "lapses": numbers.format_credits(-upcoming.lapses) if upcoming.lapses else "",
        "granted": numbers.format_signed(upcoming.granted) if upcoming.granted is not None else "",
        "written_off": numbers.format_signed(upcoming.written_off) if upcoming.written_off else "",
    }
