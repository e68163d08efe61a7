"""Purchases: credits that come in."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api.auth import Bearer, within_reach
from ledger.api.idempotency import Key, wait_no_longer
from ledger.api.responses import entry_of, reply
from ledger.api.schemas.funding import Purchase, PurchaseAnswer
from ledger.engine import funding
from ledger.models import Scope

router = Router(tags=["Funding"], auth=Bearer(Scope.FUND))


@router.post("locations/{int:location_id}/purchases", response={201: PurchaseAnswer})
def record_purchase(
    request: HttpRequest, location_id: int, idempotency_key: Key, body: Purchase
) -> HttpResponse:
    """Add bought credits. They pay a debt first and are kept over renewals."""
    at = timezone.now()
    wait_no_longer()
    posted = funding.purchase(
        within_reach(request, location_id),
        body.credits,
        key=idempotency_key,
        at=at,
        reference=body.reference,
        reason=body.reason,
    )
    return reply({"entry": entry_of(posted.entry)}, status=201, replayed=posted.replayed)
