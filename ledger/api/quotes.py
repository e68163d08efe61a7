"""Quotes: will this go through, and what will it cost?"""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ledger.api.auth import Bearer, within_reach
from ledger.api.explanations import minutes
from ledger.api.responses import reply
from ledger.api.schemas.quotes import QuoteAnswer, QuoteRequest
from ledger.engine import quotes
from ledger.engine.quotes import Quote, WouldBe
from ledger.engine.rating import Rated
from ledger.models import Scope

router = Router(tags=["Quotes"], auth=Bearer(Scope.READ))


@router.post("locations/{int:location_id}/quotes", response=QuoteAnswer)
def quote(request: HttpRequest, location_id: int, body: QuoteRequest) -> HttpResponse:
    """What these messages would cost, were they sent now as one broadcast.

    Charges nothing and holds nothing, so it promises nothing either: another request may come
    first. It takes no key.
    """
    found = quotes.quote(
        within_reach(request, location_id),
        body.channel,
        [WouldBe(**message) for message in body.messages],
        at=timezone.now(),
    )
    return reply(_quoted(found, per_message=body.per_message))


def _quoted(found: Quote, *, per_message: bool) -> dict[str, Any]:
    payment = found.payment
    return {
        "credits": found.credits,
        "fits": found.fits,
        "shortfall": found.shortfall,
        "chargeable": found.chargeable,
        "domestic": found.domestic,
        "available_credits": found.available,
        "overdraft_limit": found.overdraft_limit,
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
            "available_credits": found.available - found.credits,
        },
        "send_what_fits": {"messages": found.fitting, "credits": found.fitting_credits},
        "destinations": [asdict(destination) for destination in found.destinations],
        "refused": [
            asdict(refused) | {"explanation": quotes.refusal_in_words(refused.reason)}
            for refused in found.refused
        ],
        "messages": [_message(index, rated) for index, rated in enumerate(found.rated)]
        if per_message
        else None,
    }


def _message(index: int, rated: Rated) -> dict[str, Any]:
    outcome = "refused" if rated.refusal else "domestic" if rated.is_domestic else "chargeable"
    units: float = 0
    if not rated.refusal:
        units = 1 if rated.seconds is None else minutes(rated.billed_seconds or 0)
    return {
        "index": index,
        "outcome": outcome,
        "reason": rated.refusal or None,
        "units": units,
        "credits": rated.credits,
        "country": rated.country or None,
        "carrier_type": rated.carrier_type or None,
    }
