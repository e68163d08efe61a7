import datetime as dt
import uuid
from functools import partial

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ledger.engine import funding, posting, reasons
from ledger.engine.posting import BadInput, LedgerError
from ledger.engine.renewals import renew_if_due
from ledger.models import ApprovalState, Balance, Bundle, CreditRequest
from ledger.models.bundles import MAX_CREDITS, MAX_NOTE_LENGTH
from ledger.requests import decisions
from locations.models import User

MAX_OPEN = 10  # undecided requests of a location
MAX_REFERENCE_LENGTH = 120


class InvalidCreditRequest(LedgerError):
    """The location has too many open requests, or the bundle is not offered."""


def request_credits(
    location_id: int,
    *,
    bundle_id: int | None = None,
    credits: int | None = None,
    reference: str,
    note: str = "",
    form_key: uuid.UUID,
    requested_by: User,
    at: dt.datetime,
) -> CreditRequest:
    """Request a bundle or a number of credits; idempotent by `form_key`.

    Raises BadInput, InvalidCreditRequest and UnknownLocation.
    """
    reference, note = reference.strip(), note.strip()
    posting.check_text("reference", reference, max_length=MAX_REFERENCE_LENGTH, required=True)
    posting.check_text("note", note, max_length=MAX_NOTE_LENGTH)
    bundle = None
    if bundle_id is not None:
        bundle = Bundle.objects.offered().filter(pk=bundle_id).first()
        if bundle is None:
            raise InvalidCreditRequest(_("This bundle is no longer offered: choose another one."))
        credits = bundle.credits
    if not isinstance(credits, int) or not 1 <= credits <= MAX_CREDITS:
        raise BadInput(
            "credits",
            _("must be a whole number from 1 to %(most_credits)s.")
            % {"most_credits": number_format(MAX_CREDITS)},
        )
    renew_if_due(location_id, at=at)  # a new location has no balance yet
    with transaction.atomic():
        # Lock against a double click, and so that two requests cannot both take the last slot.
        Balance.objects.select_for_update().get(location_id=location_id)
        requests = CreditRequest.objects.filter(location_id=location_id)
        if (existing := requests.filter(form_key=form_key).first()) is not None:
            return existing
        if requests.open().count() >= MAX_OPEN:
            raise InvalidCreditRequest(
                _("%s requests of this location are not decided yet: wait for them.") % MAX_OPEN
            )
        return CreditRequest.objects.create(
            location_id=location_id,
            bundle=bundle,
            credits=credits,
            price=bundle.price if bundle else "",
            reference=reference,
            note=note,
            form_key=form_key,
            requested_by=requested_by,
            requested_at=at,
        )


def approve(
    request_id: int, *, decided_by: User, at: dt.datetime, answer: str = ""
) -> CreditRequest:
    answer = decisions.clean_answer(answer)
    with transaction.atomic():
        request: CreditRequest = decisions.lock_open_request(CreditRequest, request_id)
        decisions.check_second_person(request, decided_by)
        posted = funding.purchase(
            request.location_id,
            request.credits,
            key=f"credit-request-{request.pk}",
            at=at,
            reference=request.reference,
            reason=reasons.credit_request_reason(
                request.pk, str(request.requested_by), request.note
            ),
            created_by=decided_by,
        )
        request.purchase = posted.entry
        state = ApprovalState.APPROVED
        decisions.record_decision(
            request, state, decided_by=decided_by, at=at, answer=answer, entry_field="purchase"
        )
        return request


decline = partial(decisions.decline_request, CreditRequest)
