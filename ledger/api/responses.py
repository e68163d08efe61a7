"""What several endpoints answer with."""

import datetime as dt
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from ledger.api.problems import FieldError, Problem
from ledger.models import Balance, Entry
from locations.contracts.terms import load_terms

REPLAYED = "Idempotency-Replayed"


def reply(content: dict[str, Any], *, status: int = 200, replayed: bool = False) -> HttpResponse:
    """JSON as it is: an answer about ten thousand messages is not validated once more."""
    response = HttpResponse(
        json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")),
        content_type="application/json",
        status=status,
        headers={"Cache-Control": "no-store"},
    )
    if replayed:
        response[REPLAYED] = "true"
    return response


def balance_of(balance: Balance, *, overdraft_limit: int) -> dict[str, int]:
    return credits_of(
        balance.contract_credits,
        balance.purchased_credits,
        held=balance.total - balance.available,
        overdraft_limit=overdraft_limit,
    )


def credits_of(contract: int, purchased: int, *, held: int, overdraft_limit: int) -> dict[str, int]:
    return {
        "contract_credits": contract,
        "purchased_credits": purchased,
        "total_credits": contract + purchased,
        "held_credits": held,
        "available_credits": contract + purchased - held,
        "overdraft_limit": overdraft_limit,
    }


def overdraft_limit_of(location_id: int, at: dt.datetime) -> int:
    """Of the contract in force; ask after `renewals.up_to_date`."""
    terms = load_terms(location_id)
    contract = terms.contract_on(terms.day_of(at))
    return contract.overdraft_limit if contract else 0


def entry_of(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": entry.kind,
        "credits": entry.contract_delta + entry.purchased_delta,
        "contract_delta": entry.contract_delta,
        "purchased_delta": entry.purchased_delta,
        "contract_after": entry.contract_after,
        "purchased_after": entry.purchased_after,
        "balance_after": entry.contract_after + entry.purchased_after,
        "at": entry.at,
        "day": entry.day,
        "charge_id": entry.charge_id,
        "key": entry.key,
        "reason": entry.reason,
        "reference": entry.reference,
    }


def refuse_unknown(given: Any, known: set[str]) -> None:
    """Refuse parameters of the query string that this address does not have."""
    errors = [
        FieldError(name, "is not a parameter of this address.") for name in sorted(given - known)
    ]
    if errors:
        raise Problem("invalid_request", f"{errors[0].field} {errors[0].message}", errors)
