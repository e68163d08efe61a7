"""A new included amount that takes effect within the running term, not at its next renewal.

The grant stays what it was: an adjustment of the contract credits, which names the contract and its
term, makes up the difference. What it comes to is the whole new amount, for the term is one and
nothing of it is counted by the day; and what has been used already is not taken back.
"""

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
from ledger.requests.approvals import Done, Wanted
from locations.contracts import amendments
from locations.contracts.terms import Term, load_terms
from locations.models import Contract, Location, User

LONGEST_REASON = 300


class NotRunning(LedgerError):
    """No term of the contract runs today."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the running term.

    `done` is None where nothing moved: it had the amount already, or what is too much has been
    used. `used` are the credits that a lower amount did not take back.
    """

    contract: Contract
    term: Term
    done: Done | None
    used: int


def change_now(
    contract: Contract,
    fields: Collection[str],
    *,
    reason: str,
    at: dt.datetime,
    created_by: User,
) -> Change:
    """Write these changed fields, and bring the running term to the contract's included amount.

    Both or neither; above the limit of one person the adjustment waits for a second one, and the
    contract says the new amount meanwhile. Raises ContractRefused, NotRunning, BadInput, and
    WaitsAlready.
    """
    reason = reason.strip()
    posting.check_text("reason", reason, max_length=LONGEST_REASON, required=True)
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
            raise NotRunning(_("No term of this contract runs today: choose the next renewal."))
        granted = _granted(contract, term)
        wanted = contract.included_credits - granted
        moved = max(wanted, -balance.contract_credits)
        if not moved:
            return Change(contract, term, None, used=moved - wanted)
        done = approvals.post_or_ask(
            contract.location_id,
            Wanted(
                kind=EntryKind.ADJUSTMENT,
                credits=moved,
                bucket="contract",
                of_term=TermReference(contract.pk, term.starts_on),
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
        return Change(contract, term, done, used=moved - wanted)


def _key(contract: Contract, term: Term, balance: Balance) -> str:
    """The same for the same change sent twice; another one once anything has become of it."""
    decided = ApprovalRequest.objects.filter(
        contract=contract, term_starts_on=term.starts_on
    ).exclude(state=ApprovalState.OPEN)
    return (
        f"contract-{contract.pk}-{term.starts_on}-to-{contract.included_credits}"
        f"-after-{balance.last_number}-and-{decided.count()}"
    )


def _granted(contract: Contract, term: Term) -> int:
    """What the term has been granted until now, earlier changes within it included."""
    entries = Entry.objects.filter(
        contract=contract,
        term_starts_on=term.starts_on,
        kind__in=[EntryKind.CONTRACT_GRANT, EntryKind.ADJUSTMENT],
    )
    return int(entries.aggregate(sum=Sum("contract_delta", default=0))["sum"])
