import datetime as dt
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.engine import posting, reasons, reversals
from ledger.engine.posting import LedgerError
from ledger.engine.reversals import UnknownCharge
from ledger.models import Balance, Charge, CorrectionRequest, CorrectionState
from ledger.models.corrections import MAX_REASON_LENGTH
from ledger.requests import decisions
from locations.models import User

MAX_OPEN = 20  # undecided requests of a location


class InvalidCorrectionRequest(LedgerError):
    """There is nothing to give back, or it has been requested already."""


class TooManyOpenRequests(InvalidCorrectionRequest):
    pass


def request_correction(
    location_id: int,
    charge_id: int,
    *,
    external_id: str = "",
    reason: str,
    requested_by: User,
    at: dt.datetime,
) -> CorrectionRequest:
    reason = reason.strip()
    posting.check_text("reason", reason, max_length=MAX_REASON_LENGTH, required=True)
    charge = Charge.objects.filter(pk=charge_id, location_id=location_id).first()
    if charge is None:
        raise UnknownCharge(
            _("This location has no charge %(charge_id)s.") % {"charge_id": charge_id}
        )
    with transaction.atomic():
        # Lock, so that two concurrent requests cannot both take the last slot.
        Balance.objects.select_for_update().get(location_id=location_id)
        _check_reversible(charge, external_id)
        pending = CorrectionRequest.objects.open().filter(location_id=location_id)
        if pending.filter(charge=charge, external_id=external_id).exists():
            raise InvalidCorrectionRequest(
                _("This has been asked for already and is not decided yet.")
            )
        if pending.count() >= MAX_OPEN:
            raise TooManyOpenRequests(
                _("%s corrections of this location are not decided yet: wait for them.") % MAX_OPEN
            )
        return CorrectionRequest.objects.create(
            location_id=location_id,
            charge=charge,
            external_id=external_id,
            requested_by=requested_by,
            requested_at=at,
            reason=reason,
        )


def grant(
    request_id: int, *, decided_by: User, at: dt.datetime, answer: str = ""
) -> CorrectionRequest:
    answer = decisions.clean_answer(answer)
    with transaction.atomic():
        request: CorrectionRequest = decisions.lock_open_request(CorrectionRequest, request_id)
        decisions.check_second_person(request, decided_by)
        result = reversals.reverse(
            request.location_id,
            request.charge_id,
            external_id=request.external_id or None,
            key=f"correction-request-{request.pk}",
            at=at,
            reason=reasons.correction_reason(request.pk, request.reason),
            created_by=decided_by,
        )
        request.reversal = result.entry
        state = CorrectionState.GRANTED
        decisions.record_decision(
            request, state, decided_by=decided_by, at=at, answer=answer, entry_field="reversal"
        )
        return request


decline = partial(decisions.decline_request, CorrectionRequest)


def _check_reversible(charge: Charge, external_id: str) -> None:
    messages = charge.messages.all()
    if external_id:
        messages = messages.filter(external_id=external_id)
        if not messages.exists():
            raise UnknownCharge(
                _("Charge %(pk)s has no message %(external_id)s.")
                % {"pk": charge.pk, "external_id": repr(external_id)}
            )
    if not messages.filter(credits__gt=0, reversal__isnull=True).exists():
        raise InvalidCorrectionRequest(
            _("Nothing is left to give back: it cost nothing, or was given back already.")
        )
