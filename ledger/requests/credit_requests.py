"""Buying: a manager asks for credits, staff record the purchase or say why not."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ledger.engine import funding, posting, reasons
from ledger.engine.posting import BadInput, LedgerError
from ledger.engine.renewals import renew_if_due
from ledger.models import Balance, Bundle, CreditRequest, CreditRequestState
from ledger.models.bundles import MAX_CREDITS, MAX_NOTE_LENGTH
from ledger.requests import decisions
from locations.models import User

MOST_OPEN = 10  # requests of a location that staff have not decided
LONGEST_REFERENCE = 120


class CannotAsk(LedgerError):
    """The location has as many open requests as it may have, or the bundle is not offered."""


def ask(
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
    """Ask for a bundle or, without one, for a number of credits; the same form asks once.

    Raises BadInput, CannotAsk and UnknownLocation.
    """
    reference, note = reference.strip(), note.strip()
    posting.check_text("reference", reference, max_length=LONGEST_REFERENCE, required=True)
    posting.check_text("note", note, max_length=MAX_NOTE_LENGTH)
    bundle = None
    if bundle_id is not None:
        bundle = Bundle.objects.offered().filter(pk=bundle_id).first()
        if bundle is None:
            raise CannotAsk(_("This bundle is no longer offered: choose another one."))
        credits = bundle.credits
    if not isinstance(credits, int) or not 1 <= credits <= MAX_CREDITS:
        raise BadInput(
            "credits",
            _("must be a whole number from 1 to %(most_credits)s.")
            % {"most_credits": number_format(MAX_CREDITS)},
        )
    renew_if_due(location_id, at=at)  # a location that nobody has looked at has no balance yet
    with transaction.atomic():
        # Two clicks on one form, or two requests that would both be the last that is allowed.
        Balance.objects.select_for_update().get(location_id=location_id)
        asked = CreditRequest.objects.filter(location_id=location_id)
        if (before := asked.filter(form_key=form_key).first()) is not None:
            return before
        if asked.open().count() >= MOST_OPEN:
            raise CannotAsk(
                _("%s requests of this location are not decided yet: wait for them.") % MOST_OPEN
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
    """Record the purchase, once, and close the request.

    Raises AlreadyDecided, NotYourOwn, and what `funding.purchase` raises: the request stays open
    then.
    """
    answer = decisions.answer_of(answer)
    with transaction.atomic():
        asked: CreditRequest = decisions.lock(CreditRequest, request_id)
        decisions.check_second_person(asked, decided_by)
        bought = funding.purchase(
            asked.location_id,
            asked.credits,
            key=f"credit-request-{asked.pk}",
            at=at,
            reference=asked.reference,
            reason=reasons.credit_request_reason(asked.pk, str(asked.requested_by), asked.note),
            created_by=decided_by,
        )
        asked.purchase = bought.entry
        decisions.write_down(
            asked,
            CreditRequestState.APPROVED,
            decided_by=decided_by,
            at=at,
            answer=answer,
            met_by="purchase",
        )
        return asked


def decline(request_id: int, *, decided_by: User, at: dt.datetime, answer: str) -> CreditRequest:
    """Close the request without a purchase; `answer` says why. Raises AlreadyDecided."""
    with transaction.atomic():
        declined: CreditRequest = decisions.decline(
            CreditRequest,
            request_id,
            decided_by=decided_by,
            at=at,
            answer=answer,
            met_by="purchase",
        )
        return declined
