from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api.auth import Bearer, require_location
from ledger.api.explanations import billed_minutes
from ledger.api.responses import json_response
from ledger.api.schemas.quotes import QuoteAnswer, QuoteRequest
from ledger.engine import quotes
from ledger.engine.quotes import Quote, QuoteMessage
from ledger.engine.rating import Rated
from ledger.models import Refusal, Scope

router = Router(tags=["Quotes"], auth=Bearer(Scope.READ))


@router.post("locations/{int:location_id}/quotes", response=QuoteAnswer)
def quote(request: HttpRequest, location_id: int, body: QuoteRequest) -> HttpResponse:
    """What these messages would cost, were they sent now as one broadcast.

    Charges nothing and holds nothing, so it promises nothing either: another request may come
    first. It takes no key.
    """
    result = quotes.quote(
        require_location(request, location_id),
        body.channel,
        [QuoteMessage(**message) for message in body.messages],
        at=timezone.now(),
    )
    return json_response(_serialize_quote(result, per_message=body.per_message))


def _serialize_quote(quote: Quote, *, per_message: bool) -> dict[str, Any]:
    payment = quote.payment
    return {
        "credits": quote.credits,
        "fits": quote.fits,
        "shortfall": quote.shortfall,
        "chargeable": quote.chargeable,
        "domestic": quote.domestic,
        "available_credits": quote.available,
        "overdraft_limit": quote.overdraft_limit,
        "pays": payment
        and {
            "contract_credits": payment.contract,
            "purchased_credits": payment.purchased,
            "overdraft_credits": payment.overdraft,
        },
        "left": payment
        and {
            "contract_credits": payment.contract_left,
            "purchased_credits": payment.purchased_left,
            "available_credits": quote.available - quote.credits,
        },
        "send_what_fits": {"messages": quote.fitting, "credits": quote.fitting_credits},
        "destinations": [asdict(destination) for destination in quote.destinations],
        "refused": [
            asdict(refused) | {"explanation": f"{Refusal(refused.reason).label}."}
            for refused in quote.refused
        ],
        "messages": [_serialize_message(index, rated) for index, rated in enumerate(quote.rated)]
        if per_message
        else None,
    }


def _serialize_message(index: int, rated: Rated) -> dict[str, Any]:
    outcome = "refused" if rated.refusal else "domestic" if rated.is_domestic else "chargeable"
    units: float = 0
    if not rated.refusal:
        units = 1 if rated.seconds is None else billed_minutes(rated.billed_seconds or 0)
    return {
        "index": index,
        "outcome": outcome,
        "reason": rated.refusal or None,
        "units": units,
        "credits": rated.credits,
        "country": rated.country or None,
        "carrier_type": rated.carrier_type or None,
    }
