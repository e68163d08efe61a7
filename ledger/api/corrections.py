from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api.auth import Bearer, require_location
from ledger.api.idempotency import Key, set_lock_timeout
from ledger.api.responses import json_response, serialize_entry
from ledger.api.schemas.corrections import Reversal, ReversalAnswer, StatusAnswers, Statuses
from ledger.engine import delivery_reports, reversals
from ledger.engine.delivery_reports import DeliveryReport
from ledger.models import Scope
from locations.contracts.terms import UnknownLocation
from locations.models import Location

router = Router(tags=["Afterwards"], auth=Bearer(Scope.CHARGE))


@router.post("locations/{int:location_id}/message-statuses", response=StatusAnswers)
def report_statuses(request: HttpRequest, location_id: int, body: Statuses) -> HttpResponse:
    """Delivery reports in any order, repeated or late: each message keeps its newest.

    Nothing of a balance changes, so it takes no key.
    """
    set_lock_timeout()
    if not Location.objects.filter(pk=require_location(request, location_id)).exists():
        raise UnknownLocation
    reports = [DeliveryReport(**status) for status in body.statuses]
    results = delivery_reports.record_reports(location_id, reports, at=timezone.now())
    return json_response(
        {
            "statuses": [
                {"external_id": report.external_id, "result": result}
                for report, result in zip(reports, results, strict=True)
            ]
        }
    )


@router.post("locations/{int:location_id}/reversals", response={201: ReversalAnswer})
def reverse(
    request: HttpRequest, location_id: int, idempotency_key: Key, body: Reversal
) -> HttpResponse:
    """Give back a charge, or one message of it, once: each bucket gets back what it gave.

    Contract credits of an earlier term come back as nothing, for they have lapsed. A whole
    charge gives back what reversals of single messages have left of it.
    """
    set_lock_timeout()
    posted = reversals.reverse(
        require_location(request, location_id),
        body.charge_id,
        external_id=body.external_id,
        key=idempotency_key,
        at=timezone.now(),
        reason=body.reason,
    )
    return json_response(
        {"entry": serialize_entry(posted.entry), "lapsed_credits": posted.entry.lapsed_credits},
        status=201,
        replayed=posted.replayed,
    )
