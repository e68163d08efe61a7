from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api.auth import Bearer, require_location
from ledger.api.idempotency import Key, set_lock_timeout
from ledger.api.responses import json_response, serialize_entry
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
    set_lock_timeout()
    posted = funding.purchase(
        require_location(request, location_id),
        body.credits,
        key=idempotency_key,
        at=at,
        reference=body.reference,
        reason=body.reason,
    )
    return json_response(
        {"entry": serialize_entry(posted.entry)}, status=201, replayed=posted.replayed
    )
