"""What a location's page at the staff desk says of its credits, its term and its entries."""

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
from ledger.requests.queue import Waiting, row, waiting
from ledger.verification import requests
from locations.contracts.terms import Term, load_terms
from locations.models import Location

NEWEST_ENTRIES = 10
MOST_HOLDS = 5


@dataclass(frozen=True, slots=True)
class LocationFigures:
    """The balance is up to date; `upcoming` is its next step, as of now."""

    balance: Balance
    term: Term | None
    upcoming: Preview
    failure: RenewalFailure | None
    verification: Verification | None
    asked: VerificationRequest | None
    entries: list[Entry] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def debt(self) -> int:
        return max(0, -self.balance.purchased_credits)

    @property
    def entries_since_verification(self) -> int:
        """How many entries the last verification has not seen yet."""
        return self.balance.last_number - (
            self.verification.through_number if self.verification else 0
        )

    @property
    def holds_more(self) -> bool:
        return self.balance.open_holds > len(self.holds)


def location_figures(location: Location, *, at: dt.datetime) -> LocationFigures:
    """Ten queries, and those of a renewal that is due: it is made up first."""
    balance = renewals.renew_if_due(location.pk, at=at)
    terms = load_terms(location.pk)
    entries = Entry.objects.filter(location=location).select_related("created_by", "approved_by")
    return LocationFigures(
        balance=balance,
        term=terms.term_on(terms.local_day(at)),
        upcoming=preview(location, balance),
        failure=RenewalFailure.objects.filter(location=location, resolved_at=None).first(),
        verification=Verification.objects.filter(location=location).first(),
        asked=requests.newest(location),
        entries=list(entries.order_by("-number")[:NEWEST_ENTRIES]),
        holds=list(
            Hold.objects.open_at(at).filter(location=location).order_by("expires_at")[:MOST_HOLDS]
        ),
        waiting=[row(found) for found in waiting(location_id=location.pk)],
    )
