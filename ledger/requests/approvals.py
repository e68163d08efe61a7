"""Second approvals: above a number of credits, what staff post waits for another person.

The limit is the setting STAFF_APPROVAL_ABOVE_CREDITS. It holds for what staff post by hand; what a
manager asked for and staff grant has two people already, and the platform has its scopes.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ledger.engine import funding, posting, renewals, reversals
from ledger.engine.funding import TermReference
from ledger.engine.posting import KeyReused, LedgerError
from ledger.models import ApprovalRequest, ApprovalState, Balance, Entry, EntryKind
from ledger.requests import decisions
from locations.models import User


class WaitsAlready(LedgerError):
    """A change of the same term waits for its second person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An entry that staff want to post.

    `credits` are those of a purchase or an adjustment, signed; a reversal and a write-off move
    what there is. `external_id` is the message of a reversal, empty for the whole charge.
    """

    kind: EntryKind
    credits: int = 0
    bucket: str = "purchased"
    charge_id: int | None = None
    external_id: str = ""
    of_term: TermReference | None = None
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Either the entry, or the request that waits for a second person.

    `replayed` if the same form had been sent before.
    """

    entry: Entry | None
    waiting: ApprovalRequest | None
    replayed: bool


def limit() -> int:
    """The most credits, either way, that one of staff posts alone."""
    return int(settings.STAFF_APPROVAL_ABOVE_CREDITS)


def post(
    location_id: int,
    wanted: Wanted,
    *,
    key: str,
    at: dt.datetime,
    created_by: User,
    approved_by: User | None = None,
) -> funding.PostedEntry:
    """Post it, whatever the limit; raises what the functions of the ledger raise."""
    people = {"created_by": created_by, "approved_by": approved_by}
    match wanted.kind:
        case EntryKind.PURCHASE:
            return funding.purchase(
                location_id,
                wanted.credits,
                key=key,
                at=at,
                reason=wanted.reason,
                reference=wanted.reference,
                **people,
            )
        case EntryKind.ADJUSTMENT:
            return funding.adjust(
                location_id,
                wanted.credits,
                bucket=wanted.bucket,
                key=key,
                at=at,
                reason=wanted.reason,
                reference=wanted.reference,
                of_term=wanted.of_term,
                **people,
            )
        case EntryKind.WRITE_OFF:
            return funding.write_off(
                location_id,
                key=key,
                at=at,
                reason=wanted.reason,
                reference=wanted.reference,
                created_by=created_by,
                approved_by=approved_by,
            )
        case EntryKind.REVERSAL if wanted.charge_id is not None:
            done = reversals.reverse(
                location_id,
                wanted.charge_id,
                external_id=wanted.external_id or None,
                key=key,
                at=at,
                reason=wanted.reason,
                reference=wanted.reference,
                **people,
            )
            return funding.PostedEntry(done.entry, done.replayed)
    raise ValueError(f"Nobody posts a {wanted.kind} by hand.")


def rehearse(
    location_id: int, wanted: Wanted, *, key: str, at: dt.datetime, created_by: User
) -> funding.PostedEntry:
    """The entry as it would be; nothing is kept of it. Raises what `post` raises."""
    with transaction.atomic():
        posted = post(location_id, wanted, key=key, at=at, created_by=created_by)
        transaction.set_rollback(True)
    return posted


def needs_second_person(entry: Entry) -> bool:
    """Whether the entry, as it would be, is more than one person may post."""
    return abs(entry.credits) > limit()


def post_or_ask(
    location_id: int, wanted: Wanted, *, key: str, at: dt.datetime, created_by: User
) -> Done:
    """Post it or, above the limit, ask for a second person; the same key does either once.

    Raises WaitsAlready, and what `post` raises: what could not be posted is not asked for either.
    """
    posting.check_key(key)
    renewals.renew_if_due(location_id, at=at)  # a location nobody has looked at has no balance yet
    with transaction.atomic():
        # Two clicks on one form: the second waits here and finds what the first one made.
        Balance.objects.select_for_update().get(location_id=location_id)
        before = ApprovalRequest.objects.filter(location_id=location_id, key=key).first()
        if before is not None:
            if _wanted(before) != wanted:
                raise KeyReused(key)
            return Done(before.entry, None if before.entry else before, replayed=True)
        rehearsed = rehearse(location_id, wanted, key=key, at=at, created_by=created_by)
        if rehearsed.replayed or not needs_second_person(rehearsed.entry):
            posted = post(location_id, wanted, key=key, at=at, created_by=created_by)
            return Done(posted.entry, None, posted.replayed)
        return Done(
            None, _ask(wanted, rehearsed.entry, key=key, at=at, requested_by=created_by), False
        )


def approve(
    request_id: int, *, decided_by: User, at: dt.datetime, answer: str = ""
) -> ApprovalRequest:
    """Post what was asked for, once, in the names of both, and close the request.

    Raises AlreadyDecided, NotYourOwn, and what `post` raises: the request stays open then.
    """
    answer = decisions.answer_of(answer)
    with transaction.atomic():
        asked: ApprovalRequest = decisions.lock(ApprovalRequest, request_id)
        decisions.check_second_person(asked, decided_by)
        posted = post(
            asked.location_id,
            _wanted(asked),
            key=asked.key,
            at=at,
            created_by=asked.requested_by,
            approved_by=decided_by,
        )
        asked.entry = posted.entry
        decisions.write_down(
            asked,
            ApprovalState.APPROVED,
            decided_by=decided_by,
            at=at,
            answer=answer,
            met_by="entry",
        )
        return asked


def decline(request_id: int, *, decided_by: User, at: dt.datetime, answer: str) -> ApprovalRequest:
    """Close the request without an entry; `answer` says why.

    Whoever asked may do it too: they withdraw it. Raises AlreadyDecided and BadInput.
    """
    with transaction.atomic():
        declined: ApprovalRequest = decisions.decline(
            ApprovalRequest,
            request_id,
            decided_by=decided_by,
            at=at,
            answer=answer,
            met_by="entry",
        )
        return declined


def _ask(
    wanted: Wanted, rehearsed: Entry, *, key: str, at: dt.datetime, requested_by: User
) -> ApprovalRequest:
    location_id, of_term = rehearsed.location_id, wanted.of_term
    mine = ApprovalRequest.objects.open().filter(location_id=location_id)
    if of_term and mine.filter(contract_id=of_term.contract_id).exists():
        raise WaitsAlready(_("A change of this term waits for a second person already."))
    return ApprovalRequest.objects.create(
        location_id=location_id,
        kind=wanted.kind,
        bucket=wanted.bucket,
        credits=rehearsed.credits,
        charge_id=wanted.charge_id,
        external_id=wanted.external_id,
        contract_id=of_term.contract_id if of_term else None,
        term_starts_on=of_term.starts_on if of_term else None,
        reason=wanted.reason,
        reference=wanted.reference,
        key=key,
        requested_by=requested_by,
        requested_at=at,
    )


def _wanted(asked: ApprovalRequest) -> Wanted:
    of_term = None
    if asked.contract_id is not None and asked.term_starts_on is not None:
        of_term = TermReference(asked.contract_id, asked.term_starts_on)
    fixed = asked.kind in (EntryKind.PURCHASE, EntryKind.ADJUSTMENT)
    return Wanted(
        kind=EntryKind(asked.kind),
        credits=asked.credits if fixed else 0,
        bucket=asked.bucket,
        charge_id=asked.charge_id,
        external_id=asked.external_id,
        of_term=of_term,
        reason=asked.reason,
        reference=asked.reference,
    )
