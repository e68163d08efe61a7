"""Figures of the ledger on a location's admin page."""

import datetime as dt
from dataclasses import dataclass, field

from ledger.engine import renewals
from ledger.models import (
    Balance,
    Entry,
    Hold,
    RenewalFailure,
    Verification,
    VerificationRequest,
)
from ledger.reading.renewal_overview import Preview, preview
from ledger.requests.queue import PendingRequest, parse_row, pending_requests
from ledger.verification import requests
from locations.contracts.terms import Term, load_terms
from locations.models import Location

NEWEST_ENTRIES = 10
MAX_HOLDS = 5


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """`upcoming` previews the next step of the contract."""

    balance: Balance
    term: Term | None
    upcoming: Preview
    failure: RenewalFailure | None
    verification: Verification | None
    verification_request: VerificationRequest | None
    entries: list[Entry] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    pending: list[PendingRequest] = field(default_factory=list)

    @property
    def debt(self) -> int:
        return max(0, -self.balance.purchased_credits)

    @property
    def entries_since_verification(self) -> int:
        return self.balance.last_number - (
            self.verification.through_number if self.verification else 0
        )

    @property
    def has_more_holds(self) -> bool:
        return self.balance.open_holds > len(self.holds)


def ledger_figures(location: Location, *, at: dt.datetime) -> LedgerFigures:
    """A renewal that is due is posted first. Ten queries besides."""
    balance = renewals.renew_if_due(location.pk, at=at)
    terms = load_terms(location.pk)
    entries = Entry.objects.filter(location=location).select_related("created_by", "approved_by")
    return LedgerFigures(
        balance=balance,
        term=terms.term_on(terms.local_day(at)),
        upcoming=preview(location, balance),
        failure=RenewalFailure.objects.filter(location=location, resolved_at=None).first(),
        verification=Verification.objects.filter(location=location).first(),
        verification_request=requests.newest(location),
        entries=list(entries.order_by("-number")[:NEWEST_ENTRIES]),
        holds=list(
            Hold.objects.open_at(at).filter(location=location).order_by("expires_at")[:MAX_HOLDS]
        ),
        pending=[parse_row(row) for row in pending_requests(location_id=location.pk)],
    )
