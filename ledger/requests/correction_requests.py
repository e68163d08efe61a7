"""Corrections: a manager asks, staff give the credits back or say why not."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.engine import posting, reasons, reversals
from ledger.engine.posting import LedgerError
from ledger.engine.reversals import UnknownCharge
from ledger.models import (
    Balance,
    Charge,
    ChargeKind,
    ChatMessage,
    CorrectionRequest,
    CorrectionState,
    InternationalMessage,
)
from ledger.models.corrections import MAX_REASON_LENGTH
from ledger.requests import decisions
from locations.models import User

MOST_OPEN = 20  # requests of a location that staff have not decided


class CannotAsk(LedgerError):
    """There is nothing to give back, or it has been asked for already."""


class TooManyOpen(CannotAsk):
    """The location has as many open requests as it may have."""


def ask(
    location_id: int,
    charge_id: int,
    *,
    external_id: str = "",
    reason: str,
    requested_by: User,
    at: dt.datetime,
) -> CorrectionRequest:
    """Ask that a charge, or the message `external_id` of it, be given back.

    Raises UnknownCharge, BadInput, CannotAsk and TooManyOpen.
    """
    reason = reason.strip()
    posting.check_text("reason", reason, max_length=MAX_REASON_LENGTH, required=True)
    charge = Charge.objects.filter(pk=charge_id, location_id=location_id).first()
    if charge is None:
        raise UnknownCharge(
            _("This location has no charge %(charge_id)s.") % {"charge_id": charge_id}
        )
    with transaction.atomic():
        # Two requests at once would both be the last one that is allowed.
        Balance.objects.select_for_update().get(location_id=location_id)
        _check_something_is_left(charge, external_id)
        mine = CorrectionRequest.objects.open().filter(location_id=location_id)
        if mine.filter(charge=charge, external_id=external_id).exists():
            raise CannotAsk(_("This has been asked for already and is not decided yet."))
        if mine.count() >= MOST_OPEN:
            raise TooManyOpen(
                _("%s corrections of this location are not decided yet: wait for them.") % MOST_OPEN
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
    """Give the credits back, once, and close the request.

    Raises AlreadyDecided, NotYourOwn, and what `reversals.reverse` raises: the request stays open
    then.
    """
    answer = decisions.answer_of(answer)
    with transaction.atomic():
        asked: CorrectionRequest = decisions.lock(CorrectionRequest, request_id)
        decisions.check_second_person(asked, decided_by)
        done = reversals.reverse(
            asked.location_id,
            asked.charge_id,
            external_id=asked.external_id or None,
            key=f"correction-request-{asked.pk}",
            at=at,
            reason=reasons.correction_reason(asked.pk, asked.reason),
            created_by=decided_by,
        )
        asked.reversal = done.entry
        decisions.write_down(
            asked,
            CorrectionState.GRANTED,
            decided_by=decided_by,
            at=at,
            answer=answer,
            met_by="reversal",
        )
        return asked


def decline(
    request_id: int, *, decided_by: User, at: dt.datetime, answer: str
) -> CorrectionRequest:
    """Close the request without giving anything back; `answer` says why. Raises AlreadyDecided."""
    with transaction.atomic():
        declined: CorrectionRequest = decisions.decline(
            CorrectionRequest,
            request_id,
            decided_by=decided_by,
            at=at,
            answer=answer,
            met_by="reversal",
        )
        return declined


def _check_something_is_left(charge: Charge, external_id: str) -> None:
    model = ChatMessage if charge.kind == ChargeKind.CHAT else InternationalMessage
    messages = model._default_manager.filter(charge=charge)
    if external_id:
        messages = messages.filter(external_id=external_id)
        if not messages.exists():
            raise UnknownCharge(
                _("Charge %(pk)s has no message %(external_id)s.")
                % {"pk": charge.pk, "external_id": repr(external_id)}
            )
    if not messages.filter(credits__gt=0, reversal__isnull=True).exists():
        raise CannotAsk(
            _("Nothing is left to give back: it cost nothing, or was given back already.")
        )
