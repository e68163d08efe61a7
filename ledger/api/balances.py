"""The balance of a location, its entries, its daily table."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from ledger.api.auth import Bearer, within_reach
from ledger.api.responses import balance_of, entry_of, overdraft_limit_of, refuse_unknown, reply
from ledger.api.schemas.reading import (
    DailyUsage,
    Entries,
    EntryFilters,
    LocationBalance,
    Range,
)
from ledger.engine import renewals
from ledger.models import Entry, Scope
from ledger.reading.daily_usage import Movement, daily_usage
from locations.models import Location

router = Router(tags=["Reading"], auth=Bearer(Scope.READ))


@router.get("locations/{int:location_id}/balance", response=LocationBalance)
def get_balance(request: HttpRequest, location_id: int) -> HttpResponse:
    """The credits of a location now, a renewal that is due done first."""
    refuse_unknown(request.GET.keys(), set())
    at = timezone.now()
    balance = renewals.up_to_date(within_reach(request, location_id), at=at)
    return reply(
        {"location_id": location_id, "as_of": at, "renews_at": balance.renewal_due_at}
        | balance_of(balance, overdraft_limit=overdraft_limit_of(location_id, at))
    )


@router.get("locations/{int:location_id}/entries", response=Entries)
def list_entries(
    request: HttpRequest, location_id: int, filters: Query[EntryFilters]
) -> HttpResponse:
    """The ledger of a location, oldest first. Pass `next_cursor` on as `cursor` to read it all."""
    refuse_unknown(request.GET.keys(), {"cursor", "limit", "kind", "from", "to"})
    renewals.up_to_date(within_reach(request, location_id), at=timezone.now())
    entries = Entry.objects.filter(location_id=location_id, number__gt=filters.cursor)
    entries = entries.between(filters.from_, filters.to).order_by("number")
    if filters.kind:
        entries = entries.filter(kind__in=filters.kind)
    page = list(entries[: filters.limit + 1])
    shown = page[: filters.limit]
    return reply(
        {
            "entries": [entry_of(entry) for entry in shown],
            "next_cursor": shown[-1].number if len(page) > len(shown) else None,
        }
    )


@router.get("locations/{int:location_id}/daily-usage", response=DailyUsage)
def get_daily_usage(request: HttpRequest, location_id: int, days: Query[Range]) -> HttpResponse:
    """The table of the Credit Usage page: what moved on each day of the location."""
    refuse_unknown(request.GET.keys(), {"from", "to"})
    renewals.up_to_date(within_reach(request, location_id), at=timezone.now())
    location = Location.objects.get(pk=location_id)
    usage = daily_usage(location, days.from_, days.to)
    return reply(
        {
            "location_id": location_id,
            "time_zone": location.time_zone,
            "first_day": usage.first_on,
            "last_day": usage.last_on,
            "opening": usage.opening,
            "closing": usage.closing,
            "total": _moved(usage.total),
            "days": [
                {"day": day.day, "opening": day.opening, "closing": day.closing} | _moved(day.moved)
                for day in usage.rows
            ],
        }
    )


def _moved(moved: Movement) -> dict[str, int | dt.date]:
    return {
        "additions": moved.additions,
        "international_text": moved.text,
        "international_voice": moved.voice,
        "chat": moved.chat,
        "other_deductions": moved.other,
        "net": moved.net,
    }
