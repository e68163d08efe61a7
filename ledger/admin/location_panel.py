"""The credits panel of a location's admin page."""

from django.http import HttpRequest
from django.utils import timezone

from ledger.admin.tables import LastEntryTable
from ledger.engine import renewals
from ledger.models import Entry, Hold, RenewalFailure, Verification
from ledger.reading.renewal_overview import preview_renewal
from ledger.requests.queue import parse_row, pending_requests
from ledger.verification import requests
from locations.admin.panels import Panel, register_panel
from locations.contracts.terms import load_terms
from locations.models import Location

NEWEST_ENTRIES = 10
MAX_HOLDS = 5


@register_panel
def credits_panel(request: HttpRequest, location: Location) -> Panel | None:
    has_perm = request.user.has_perm
    if not has_perm("ledger.view_balance"):
        return None
    at = timezone.now()
    balance = renewals.renew_if_due(location.pk, at=at)
    terms = load_terms(location.pk)
    upcoming = preview_renewal(location, balance)
    verification = Verification.objects.filter(location=location).first()
    entries = Entry.objects.filter(location=location).select_related("created_by", "approved_by")
    holds = Hold.objects.open_at(at).filter(location=location).order_by("expires_at")[:MAX_HOLDS]
    pending = [parse_row(row) for row in pending_requests(location_id=location.pk)]
    content = {
        "location": location,
        "balance": balance,
        "term": terms.term_on(terms.local_day(at)),
        "upcoming": upcoming,
        "failure": RenewalFailure.objects.filter(location=location, resolved_at=None).first(),
        "verification": verification,
        "verification_request": requests.latest_request(location),
        "unverified_entries": balance.last_number
        - (verification.through_number if verification else 0),
        "entries": LastEntryTable(list(entries.order_by("-number")[:NEWEST_ENTRIES]))
        if has_perm("ledger.view_entry")
        else [],
        "holds": list(holds) if has_perm("ledger.view_hold") else [],
        "has_more_holds": balance.open_holds > MAX_HOLDS,
        "pending": [each for each in pending if has_perm(f"ledger.view_{each.type.value}")],
    }
    return Panel("admin/ledger/location_panel.html", content)
