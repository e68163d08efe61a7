"""On a location's page: its balance, its term, its newest entries, what is held and what waits."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from ledger.location_figures import LocationFigures, location_figures
from ledger.models import Kind
from locations.admin.lists import signed
from locations.admin.panels import Panel, panel
from locations.models import Location


@panel
def credits(request: HttpRequest, location: Location) -> Panel | None:
    if not request.user.has_perm("ledger.view_balance"):
        return None
    figures = location_figures(location, at=timezone.now())
    said = {
        "location": location,
        "figures": figures,
        "parts": _parts(figures),
        "entries": [
            {
                "entry": entry,
                "kind": Kind(entry.kind),
                "credits": signed(entry.credits, plus=True),
                "after": signed(entry.balance_after),
            }
            for entry in figures.entries
        ]
        if request.user.has_perm("ledger.view_entry")
        else [],
        "holds": figures.holds if request.user.has_perm("ledger.view_hold") else [],
        "waiting": [
            {
                "kind": Kind(waits.kind),
                "credits": signed(waits.credits, plus=True),
                "waits": waits,
                "address": reverse(f"admin:ledger_{waits.what.value}_change", args=[waits.pk]),
            }
            for waits in figures.waiting
            if request.user.has_perm(f"ledger.view_{waits.what.value}")
        ],
    }
    return Panel("admin/ledger/location_panel.html", said)


def _parts(figures: LocationFigures) -> dict[str, Any]:
    balance, upcoming = figures.balance, figures.upcoming
    return {
        "available": signed(balance.available),
        "contract": signed(balance.contract_credits),
        "purchased": signed(max(0, balance.purchased_credits)),
        "held": signed(balance.held_credits),
        "debt": signed(-figures.debt) if figures.debt else "",
        "lapses": signed(-upcoming.lapses) if upcoming.lapses else "",
        "granted": signed(upcoming.granted, plus=True) if upcoming.granted is not None else "",
        "written_off": signed(upcoming.written_off, plus=True) if upcoming.written_off else "",
    }
