import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from ledger.engine import posting, reasons, renewals
from ledger.engine.funding import TermReference
from ledger.engine.posting import LedgerError
from ledger.models import ApprovalRequest, ApprovalState, Balance, Entry, EntryKind
from ledger.requests import approvals
from ledger.requests.approvals import ManualEntry, ManualEntryResult
from locations.contracts import amendments
from locations.contracts.terms import Term, load_terms
from locations.models import Contract, Location, User

MAX_REASON_LENGTH = 300


class NoRunningTerm(LedgerError):
    """No term of the contract runs today."""


@dataclass(frozen=True, slots=True)
class TermChange:
    """`result` is None if nothing was posted; `used` are credits that could not be taken back."""

    contract: Contract
    term: Term
    result: ManualEntryResult | None
    used: int


def change_running_term(
    contract: Contract, fields: Collection[str], *, reason: str, at: dt.datetime, created_by: User
) -> TermChange:
    """Save the changed fields and adjust the running term to the contract's included amount.

    The adjustment makes up the whole difference, not pro rata. Above the limit of one person it
    waits for approval; the contract is saved nevertheless. Raises ContractRefused, NoRunningTerm,
    BadInput and AlreadyPending.
    """
    reason = reason.strip()
    posting.check_text("reason", reason, max_length=MAX_REASON_LENGTH, required=True)
    with transaction.atomic():
        # As `amend_contract` does, and before the balance, whose lock it waits for: two changes at
        # once would each make up the difference.
        Location.objects.select_for_update(no_key=True).get(pk=contract.location_id)
        renewals.renew(contract.location_id, at=at)
        balance = Balance.objects.select_for_update().get(location_id=contract.location_id)
        contract = amendments.amend_contract(contract, fields)
        terms = load_terms(contract.location_id)
        term = terms.term_on(max(terms.local_day(at), balance.renewed_through_on or dt.date.min))
        if term is None or term.contract.pk != contract.pk:
            raise NoRunningTerm(_("No term of this contract runs today: choose the next renewal."))
        granted = _granted(contract, term)
        difference = contract.included_credits - granted
        credits = max(difference, -balance.contract_credits)
        used = credits - difference
        if not credits:
            return TermChange(contract, term, None, used)
        result = approvals.post_or_request(
            contract.location_id,
            ManualEntry(
                kind=EntryKind.ADJUSTMENT,
                credits=credits,
                bucket="contract",
                term=TermReference(contract.pk, term.starts_on),
                reason=reasons.included_change_reason(
                    term.starts_on,
                    included=contract.included_credits,
                    granted=granted,
                    reason=reason,
                ),
                reference=contract.reference,
            ),
            key=_key(contract, term, balance),
            at=at,
            created_by=created_by,
        )
        return TermChange(contract, term, result, used)


# The same for a form sent twice; another one after an entry or a decision.
def _key(contract: Contract, term: Term, balance: Balance) -> str:
    decided = ApprovalRequest.objects.filter(
        contract=contract, term_starts_on=term.starts_on
    ).exclude(state=ApprovalState.OPEN)
    return (
        f"contract-{contract.pk}-{term.starts_on}-to-{contract.included_credits}"
        f"-after-{balance.last_number}-and-{decided.count()}"
    )


def _granted(contract: Contract, term: Term) -> int:
    entries = Entry.objects.filter(
        contract=contract,
        term_starts_on=term.starts_on,
        kind__in=[EntryKind.CONTRACT_GRANT, EntryKind.ADJUSTMENT],
    )
    return int(entries.aggregate(sum=Sum("contract_delta", default=0))["sum"])
