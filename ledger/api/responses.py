import datetime as dt
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from ledger.api.problems import ApiProblem, FieldError
from ledger.models import Balance, Entry
from locations.contracts.terms import load_terms

REPLAYED = "Idempotency-Replayed"


def json_response(
    content: dict[str, Any], *, status: int = 200, replayed: bool = False
) -> HttpResponse:
    """Skip ninja's response validation, which is slow for ten thousand messages."""
    response = HttpResponse(
        json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")),
        content_type="application/json",
        status=status,
        headers={"Cache-Control": "no-store"},
    )
    if replayed:
        response[REPLAYED] = "true"
    return response


def serialize_balance(balance: Balance, *, overdraft_limit: int) -> dict[str, int]:
    return serialize_credits(
        balance.contract_credits,
        balance.purchased_credits,
        held=balance.total - balance.available,
        overdraft_limit=overdraft_limit,
    )


def serialize_credits(
    contract: int, purchased: int, *, held: int, overdraft_limit: int
) -> dict[str, int]:
    return {
        "contract_credits": contract,
        "purchased_credits": purchased,
        "total_credits": contract + purchased,
        "held_credits": held,
        "available_credits": contract + purchased - held,
        "overdraft_limit": overdraft_limit,
    }


def get_overdraft_limit(location_id: int, at: dt.datetime) -> int:
    terms = load_terms(location_id)
    contract = terms.contract_on(terms.local_day(at))
    return contract.overdraft_limit if contract else 0


def serialize_entry(entry: Entry) -> dict[str, Any]:
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


def reject_unknown_parameters(names: Any, allowed: set[str]) -> None:
    errors = [
        FieldError(name, "is not a parameter of this address.") for name in sorted(names - allowed)
    ]
    if errors:
        raise ApiProblem("invalid_request", f"{errors[0].field} {errors[0].message}", errors)
