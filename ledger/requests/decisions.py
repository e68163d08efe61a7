import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.engine import posting
from ledger.engine.posting import LedgerError
from ledger.models import Balance
from ledger.models.requests_base import DECLINED, MAX_ANSWER_LENGTH, OPEN, DecisionRequest
from locations.models import User


class AlreadyDecided(LedgerError):
    pass


class OwnRequest(LedgerError):
    """The requester cannot approve it."""


def clean_answer(answer: str, *, required: bool = False) -> str:
    answer = answer.strip()
    posting.check_text("answer", answer, max_length=MAX_ANSWER_LENGTH, required=required)
    return answer


def lock_open_request(model: type[DecisionRequest], request_id: int) -> Any:
    # Lock, so that only one of two people decides; the balance first, as everything that moves it.
    request: Any = model._default_manager.select_related("requested_by").get(pk=request_id)
    Balance.objects.select_for_update().get(location_id=request.location_id)
    request.refresh_from_db(fields=["state"])
    if request.state != OPEN:
        state = request.get_state_display().lower()
        raise AlreadyDecided(_("The request has been %(state)s already.") % {"state": state})
    return request


def check_second_person(request: DecisionRequest, decided_by: User) -> None:
    if request.requested_by_id == decided_by.pk:
        raise OwnRequest(_("You asked for this yourself: somebody else has to approve it."))


def record_decision(
    request: Any,
    state: str,
    *,
    decided_by: User,
    at: dt.datetime,
    answer: str,
    entry_field: str | None = None,
) -> None:
    request.state, request.answer = state, answer
    request.decided_by, request.decided_at = decided_by, at
    fields = ["state", "answer", "decided_by", "decided_at"]
    request.save(update_fields=[*fields, entry_field] if entry_field else fields)


def decline_request(
    model: type[DecisionRequest], request_id: int, *, decided_by: User, at: dt.datetime, answer: str
) -> Any:
    """Close the request without an entry. Raises AlreadyDecided, and BadInput without an answer."""
    answer = clean_answer(answer, required=True)
    with transaction.atomic():
        request = lock_open_request(model, request_id)
        record_decision(request, DECLINED, decided_by=decided_by, at=at, answer=answer)
    return request
