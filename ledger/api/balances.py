import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from ledger.api.auth import Bearer, require_location
from ledger.api.responses import (
    get_overdraft_limit,
    json_response,
    reject_unknown_parameters,
    serialize_balance,
    serialize_entry,
)
from ledger.api.schemas.reading import DailyUsage, Entries, EntryFilters, LocationBalance, Range
from ledger.engine import renewals
from ledger.models import Entry, Scope
from ledger.reading.daily_usage import Movement, daily_usage
from locations.models import Location

router = Router(tags=["Reading"], auth=Bearer(Scope.READ))


@router.get("locations/{int:location_id}/balance", response=LocationBalance)
def get_balance(request: HttpRequest, location_id: int) -> HttpResponse:
    """The credits of a location now, a renewal that is due done first."""
    reject_unknown_parameters(request.GET.keys(), set())
    at = timezone.now()
    balance = renewals.renew_if_due(require_location(request, location_id), at=at)
    return json_response(
        {"location_id": location_id, "as_of": at, "renews_at": balance.renewal_due_at}
        | serialize_balance(balance, overdraft_limit=get_overdraft_limit(location_id, at))
    )


@router.get("locations/{int:location_id}/entries", response=Entries)
def list_entries(
    request: HttpRequest, location_id: int, filters: Query[EntryFilters]
) -> HttpResponse:
    """The ledger of a location, oldest first. Pass `next_cursor` on as `cursor` to read it all."""
    reject_unknown_parameters(request.GET.keys(), {"cursor", "limit", "kind", "from", "to"})
    renewals.renew_if_due(require_location(request, location_id), at=timezone.now())
    entries = Entry.objects.filter(location_id=location_id, number__gt=filters.cursor)
    entries = entries.between(filters.from_, filters.to).order_by("number")
    if filters.kind:
        entries = entries.filter(kind__in=filters.kind)
    rows = list(entries[: filters.limit + 1])
    page = rows[: filters.limit]
    return json_response(
        {
            "entries": [serialize_entry(entry) for entry in page],
            "next_cursor": page[-1].number if len(rows) > len(page) else None,
        }
    )


@router.get("locations/{int:location_id}/daily-usage", response=DailyUsage)
def get_daily_usage(request: HttpRequest, location_id: int, days: Query[Range]) -> HttpResponse:
    """The table of the Credit Usage page: what moved on each day of the location."""
    reject_unknown_parameters(request.GET.keys(), {"from", "to"})
    renewals.renew_if_due(require_location(request, location_id), at=timezone.now())
    location = Location.objects.get(pk=location_id)
    usage = daily_usage(location, days.from_, days.to)
    return json_response(
        {
            "location_id": location_id,
            "time_zone": location.time_zone,
            "first_day": usage.first_on,
            "last_day": usage.last_on,
            "opening": usage.opening,
            "closing": usage.closing,
            "total": _serialize_movement(usage.total),
            "days": [
                {"day": day.day, "opening": day.opening, "closing": day.closing}
                | _serialize_movement(day.moved)
                for day in usage.rows
            ],
        }
    )


def _serialize_movement(movement: Movement) -> dict[str, int | dt.date]:
    return {
        "additions": movement.additions,
        "international_text": movement.text,
        "international_voice": movement.voice,
        "chat": movement.chat,
        "other_deductions": movement.other,
        "net": movement.net,
    }
