"""Entries that staff post by hand; above a limit a second person has to approve them.

The limit does not apply to requests of managers, which involve two people already.
"""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ledger.engine import funding, posting, renewals, reversals
from ledger.engine.funding import TermReference
from ledger.engine.posting import KeyReused, LedgerError
from ledger.models import ApprovalRequest, ApprovalState, Balance, Entry, EntryKind
from ledger.requests import decisions
from locations.models import User


class AlreadyPending(LedgerError):
    """A change of the same term is waiting for approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualEntry:
    """`credits` are signed, and 0 but for a purchase or an adjustment."""

    kind: EntryKind
    credits: int = 0
    bucket: str = "purchased"
    charge_id: int | None = None
    external_id: str = ""
    term: TermReference | None = None
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ManualEntryResult:
    """Either the entry or the request that waits for approval."""

    entry: Entry | None
    pending: ApprovalRequest | None
    replayed: bool


def approval_limit() -> int:
    return int(settings.STAFF_APPROVAL_ABOVE_CREDITS)


def post(
    location_id: int,
    entry: ManualEntry,
    *,
    key: str,
    at: dt.datetime,
    created_by: User,
    approved_by: User | None = None,
) -> posting.PostedEntry:
    common: dict[str, Any] = {
        "key": key,
        "at": at,
        "reason": entry.reason,
        "reference": entry.reference,
        "created_by": created_by,
        "approved_by": approved_by,
    }
    match entry.kind:
        case EntryKind.PURCHASE:
            return funding.purchase(location_id, entry.credits, **common)
        case EntryKind.ADJUSTMENT:
            return funding.adjust(
                location_id, entry.credits, bucket=entry.bucket, term=entry.term, **common
            )
        case EntryKind.WRITE_OFF:
            return funding.write_off(location_id, **common)
        case EntryKind.REVERSAL if entry.charge_id is not None:
            external_id = entry.external_id or None
            return reversals.reverse(
                location_id, entry.charge_id, external_id=external_id, **common
            )
    raise ValueError(f"{entry.kind} is not posted by hand.")


def dry_run(
    location_id: int, entry: ManualEntry, *, key: str, at: dt.datetime, created_by: User
) -> posting.PostedEntry:
    with transaction.atomic():
        posted = post(location_id, entry, key=key, at=at, created_by=created_by)
        transaction.set_rollback(True)
    return posted


def needs_approval(entry: Entry) -> bool:
    return abs(entry.credits) > approval_limit()


def post_or_request(
    location_id: int, entry: ManualEntry, *, key: str, at: dt.datetime, created_by: User
) -> ManualEntryResult:
    """Post it or, above the limit, request approval; idempotent by `key`.

    Raises AlreadyPending, and what `post` raises: an entry that cannot be posted is not requested.
    """
    posting.check_key(key)
    renewals.renew_if_due(location_id, at=at)  # a new location has no balance yet
    with transaction.atomic():
        # Lock, so that a double click finds what the first one created.
        Balance.objects.select_for_update().get(location_id=location_id)
        existing = ApprovalRequest.objects.filter(location_id=location_id, key=key).first()
        if existing is not None:
            if _get_manual_entry(existing) != entry:
                raise KeyReused(key)
            pending = None if existing.entry else existing
            return ManualEntryResult(existing.entry, pending, replayed=True)
        posted = dry_run(location_id, entry, key=key, at=at, created_by=created_by)
        if posted.replayed or not needs_approval(posted.entry):
            posted = post(location_id, entry, key=key, at=at, created_by=created_by)
            return ManualEntryResult(posted.entry, None, posted.replayed)
        pending = _create_request(entry, posted.entry, key=key, at=at, requested_by=created_by)
        return ManualEntryResult(None, pending, replayed=False)


def approve(
    request_id: int, *, decided_by: User, at: dt.datetime, answer: str = ""
) -> ApprovalRequest:
    """Post the entry in the names of both people and close the request.

    Raises AlreadyDecided, OwnRequest, and what `post` raises: the request stays open then.
    """
    answer = decisions.clean_answer(answer)
    with transaction.atomic():
        request: ApprovalRequest = decisions.lock_open_request(ApprovalRequest, request_id)
        decisions.check_second_person(request, decided_by)
        posted = post(
            request.location_id,
            _get_manual_entry(request),
            key=request.key,
            at=at,
            created_by=request.requested_by,
            approved_by=decided_by,
        )
        request.entry = posted.entry
        state = ApprovalState.APPROVED
        decisions.record_decision(
            request, state, decided_by=decided_by, at=at, answer=answer, entry_field="entry"
        )
        return request


decline = partial(decisions.decline_request, ApprovalRequest)


def _create_request(
    entry: ManualEntry, posted: Entry, *, key: str, at: dt.datetime, requested_by: User
) -> ApprovalRequest:
    location_id, term = posted.location_id, entry.term
    pending = ApprovalRequest.objects.open().filter(location_id=location_id)
    if term and pending.filter(contract_id=term.contract_id).exists():
        raise AlreadyPending(_("A change of this term waits for a second person already."))
    return ApprovalRequest.objects.create(
        location_id=location_id,
        kind=entry.kind,
        bucket=entry.bucket,
        credits=posted.credits,
        charge_id=entry.charge_id,
        external_id=entry.external_id,
        contract_id=term.contract_id if term else None,
        term_starts_on=term.starts_on if term else None,
        reason=entry.reason,
        reference=entry.reference,
        key=key,
        requested_by=requested_by,
        requested_at=at,
    )


def _get_manual_entry(request: ApprovalRequest) -> ManualEntry:
    term = None
    if request.contract_id is not None and request.term_starts_on is not None:
        term = TermReference(request.contract_id, request.term_starts_on)
    has_credits = request.kind in (EntryKind.PURCHASE, EntryKind.ADJUSTMENT)
    return ManualEntry(
        kind=EntryKind(request.kind),
        credits=request.credits if has_credits else 0,
        bucket=request.bucket,
        charge_id=request.charge_id,
        external_id=request.external_id,
        term=term,
        reason=request.reason,
        reference=request.reference,
    )
