"""How a location stands: its balance, and what its contract makes of it next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from ledger.engine.pg_arrays import plain_array
from ledger.engine.renewals import is_renewal_due, renew_if_due
from ledger.models import AT_RENEWAL, Balance, Entry, EntryKind, Hold, HoldKind
from ledger.reading.daily_usage import SIGNED
from locations.contracts.terms import Step, Term, Terms, terms_for_locations
from locations.db.prepared import Given, composed
from locations.models import Contract, DebtAtRenewal, Location

JUST_RENEWED_DAYS = 7
LOW_SHARE = 10  # low: less than one tenth of the contract's credits is left


class RenewalDue(Exception):
    """The balance is not what it is to be: `ledger.engine.renewals.renew` comes first."""


@dataclass(frozen=True, slots=True)
class TermStart:
    """What the start of the running term did to the balance; no figure is negative.

    `changed` is what a new included amount, taking effect within the term, has added or taken.
    """

    granted: int
    lapsed: int
    written_off: int
    changed: int = 0


class Figures(Protocol):
    """What a standing reads of a balance, holds included."""

    @property
    def contract_credits(self) -> int: ...
    @property
    def purchased_credits(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def available(self) -> int: ...
    @property
    def last_number(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BareStanding:
    """How figures stand, of whichever location; `Standing` knows which.

    `term` is the one that today lies in, `step` the next begin or end of one. `start` is None
    where no term runs, or where nobody asked. No part of it asks the database.
    """

    balance: Figures
    terms: Terms
    today: dt.date
    term: Term | None
    step: Step | None
    start: TermStart | None = None
    holds_calls_only: bool = False

    @property
    def available(self) -> int:
        return self.balance.available

    @property
    def contract_credits(self) -> int:
        return self.balance.contract_credits

    @property
    def purchased_credits(self) -> int:
        return self.balance.purchased_credits

    @property
    def held(self) -> int:
        return self.balance.total - self.balance.available

    @property
    def debt(self) -> int:
        """What the location is overdrawn by; 0 if it is not."""
        return max(0, -self.purchased_credits)

    @property
    def included(self) -> int:
        """What this term was granted; the contract may promise another figure for the next."""
        if self.start is not None:
            return self.start.granted + self.start.changed
        return self.term.contract.included_credits if self.term else 0

    @property
    def contract_used(self) -> int:
        """How much of what this term was granted is gone."""
        return max(0, self.included - self.contract_credits)

    @property
    def contract_unheld(self) -> int:
        """Contract credits that no call holds: a call is paid with them first."""
        return max(0, self.contract_credits - self.held)

    @property
    def purchased_unheld(self) -> int:
        return max(0, self.available - self.contract_unheld)

    @property
    def overdraft_limit(self) -> int:
        return self.term.contract.overdraft_limit if self.term else 0

    @property
    def next_contract(self) -> Contract | None:
        """The contract that grants credits at the next step; None where nothing will."""
        return self.step.contract if self.step else None

    @property
    def renews_on(self) -> dt.date | None:
        """When a running contract's credits are replaced by new ones."""
        return self.step.on if self.step and self.term and self.step.contract else None

    @property
    def ends_on(self) -> dt.date | None:
        """When the running contract ends with none to follow."""
        return self.step.on if self.step and not self.step.contract else None

    @property
    def starts_on(self) -> dt.date | None:
        """When a contract begins, where none runs today."""
        return self.step.on if self.step and not self.term and self.step.contract else None

    @property
    def debt_is_written_off(self) -> bool:
        """Whether the next step lifts a negative balance to zero."""
        contract = self.next_contract
        return contract is not None and contract.debt_at_renewal == DebtAtRenewal.WRITE_OFF

    @property
    def is_out(self) -> bool:
        return self.available <= 0

    @property
    def outbound_stops(self) -> bool:
        """Nothing can be sent: not even the overdraft that the contract allows is left."""
        return self.available + self.overdraft_limit <= 0

    @property
    def is_low(self) -> bool:
        return not self.is_out and self.available * LOW_SHARE < self.included

    @property
    def just_renewed(self) -> bool:
        """Credits lapsed, or a debt was written off, a few days ago."""
        return (
            self.term is not None
            and self.start is not None
            and (self.today - self.term.starts_on).days < JUST_RENEWED_DAYS
            and bool(self.start.lapsed or self.start.written_off)
        )

    @property
    def full_scale(self) -> int:
        """What the whole width of the balance bar stands for."""
        return max(self.included, self.contract_credits) + max(0, self.purchased_credits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(BareStanding):
    location: Location
    balance: Balance


def standing(location: Location, *, at: dt.datetime) -> Standing:
    """Two queries; raises RenewalDue. The balance brings what its last renewal did along."""
    found = list(_balance()(location=location.pk, at=at))
    if not found:
        raise RenewalDue
    balance = found[0]
    # As it is at this moment: the given one was read before, perhaps with another time zone.
    current = balance.location
    contracts = tuple(_contracts()(location=location.pk))
    terms = Terms(current.pk, current.terms_version, current.zone, contracts)
    now = replace(
        _standing(location, balance, terms, at),
        holds_calls_only=balance.open_calls == balance.open_holds,
    )
    if now.term is None or now.term.starts_on != balance.renewed_through_on:
        return now
    granted, lapsed, written_off = (getattr(balance, kind.value) for kind in AT_RENEWAL)
    return replace(now, start=TermStart(granted, -lapsed, written_off, balance.changed))


@composed
def _balance() -> QuerySet[Balance]:
    at = Given("at")
    return (
        Balance.objects.as_of(at)
        .filter(~is_renewal_due(at), location=Given("location"))
        .select_related("location")
        .annotate(
            **{kind.value: _sum_at_renewal(kind) for kind in AT_RENEWAL},
            changed=_changed_within_the_term(),
            open_calls=_open_calls(at),
        )
    )


@composed
def _contracts() -> QuerySet[Contract]:
    return Contract.objects.filter(location=Given("location")).order_by("starts_on")


def standings(locations: Sequence[Location], *, at: dt.datetime) -> list[Standing]:
    """How several locations stand, in their order; renewals that are due are done first.

    Two queries at most, and those of the renewals.
    """
    ids = [location.pk for location in locations]
    # One parameter and not a thousand, each of which psycopg looks for in the statement.
    among = RawSQL("SELECT unnest(%s::bigint[])", [plain_array(ids)])
    current = Balance.objects.as_of(at).filter(~is_renewal_due(at), location_id__in=among).in_bulk()
    for location_id in ids:
        if location_id not in current:
            current[location_id] = renew_if_due(location_id, at=at)
    return [
        _standing(location, current[location.pk], terms, at)
        for location, terms in zip(locations, terms_for_locations(locations), strict=True)
    ]


def _sum_at_renewal(kind: EntryKind) -> Coalesce:
    """The credits of this kind on the day through which the balance's terms are done."""
    entries = Entry.objects.filter(
        location=OuterRef("location"),
        day=OuterRef("renewed_through_on"),
        kind=kind,
        contract__isnull=False,  # not a write-off by hand, later on that day
    )
    of_location = entries.order_by().values("location")
    return Coalesce(Subquery(of_location.annotate(sum=SIGNED).values("sum")), 0)


def _changed_within_the_term() -> Coalesce:
    """The sum of adjustments of the running term's grant (`ledger.requests.contract_changes`)."""
    entries = Entry.objects.filter(
        location=OuterRef("location"),
        term_starts_on=OuterRef("renewed_through_on"),
        kind=EntryKind.ADJUSTMENT,
    )
    of_location = entries.order_by().values("location")
    return Coalesce(Subquery(of_location.annotate(sum=SIGNED).values("sum")), 0)


def _open_calls(at: dt.datetime | Given) -> Coalesce:
    """How many of the open holds are for calls; the others are for a plain amount."""
    calls = Hold.objects.open_at(at).filter(location=OuterRef("location"), kind=HoldKind.CALL)
    of_location = calls.order_by().values("location")
    return Coalesce(Subquery(of_location.annotate(count=Count("pk")).values("count")), 0)


def _standing(location: Location, balance: Balance, terms: Terms, at: dt.datetime) -> Standing:
    today = terms.local_day(at)
    return Standing(
        location=location,
        balance=balance,
        terms=terms,
        today=today,
        term=terms.term_on(today),
        step=terms.next_step(today),
    )
