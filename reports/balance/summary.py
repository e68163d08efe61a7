import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ledger.engine.renewals import is_renewal_due, renew_if_due
from ledger.models import Balance
from locations.contracts.terms import Step, Term, Terms
from locations.known_terms import known_terms
from locations.models import Contract, DebtAtRenewal, Location

JUST_RENEWED_DAYS = 7
LOW_SHARE = 10  # low: less than one tenth of the contract's credits is left


# A balance with its open holds, and what the last renewal and a contract change within its term
# did to it. Write-offs by hand have no contract.
BALANCE_SUMMARY = """
    SELECT balance.location_id, balance.contract_credits, balance.purchased_credits,
           balance.last_number, balance.renewed_through_on, balance.renewal_due_at,
           balance.terms_version,
           location.terms_version AS location_terms_version, location.time_zone,
           holds.held_credits, holds.open_holds, holds.open_call_holds,
           renewal.granted, renewal.lapsed, renewal.written_off, amendment.changed
      FROM ledger_balance balance
      JOIN locations_location location ON location.id = balance.location_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(credits), 0)::bigint AS held_credits, count(*) AS open_holds,
                  count(*) FILTER (WHERE kind = 'call') AS open_call_holds
             FROM ledger_hold
            WHERE location_id = balance.location_id AND state = 'open' AND expires_at > %(at)s
           ) holds
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(credits) FILTER (WHERE kind = 'contract_grant'), 0)::bigint
                  AS granted,
                  coalesce(-sum(credits) FILTER (WHERE kind = 'contract_expiry'), 0)::bigint
                  AS lapsed,
                  coalesce(sum(credits) FILTER (WHERE kind = 'write_off'), 0)::bigint
                  AS written_off
             FROM (SELECT kind, contract_delta + purchased_delta AS credits
                     FROM ledger_entry
                    WHERE location_id = balance.location_id AND day = balance.renewed_through_on
                      AND kind IN ('contract_grant', 'contract_expiry', 'write_off')
                      AND contract_id IS NOT NULL) entry
           ) renewal
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(contract_delta + purchased_delta), 0)::bigint AS changed
             FROM ledger_entry
            WHERE location_id = balance.location_id AND kind = 'adjustment'
              AND term_starts_on = balance.renewed_through_on
           ) amendment
     WHERE balance.location_id = %(location)s
"""


@dataclass(frozen=True, slots=True)
class TermStart:
    """Credits moved at the start of the running term; `changed` is by a contract change since."""

    granted: int
    lapsed: int
    written_off: int
    changed: int = 0


class BalanceFigures(Protocol):
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
class BalanceSummary:
    """`start` is None where no term runs, and where it was not read."""

    balance: BalanceFigures
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
        return max(0, -self.purchased_credits)

    @property
    def included(self) -> int:
        if self.start is not None:
            return self.start.granted + self.start.changed
        return self.term.contract.included_credits if self.term else 0

    @property
    def contract_used(self) -> int:
        return max(0, self.included - self.contract_credits)

    @property
    def contract_unheld(self) -> int:
        """Holds are paid with contract credits first."""
        return max(0, self.contract_credits - self.held)

    @property
    def purchased_unheld(self) -> int:
        return max(0, self.available - self.contract_unheld)

    @property
    def overdraft_limit(self) -> int:
        return self.term.contract.overdraft_limit if self.term else 0

    @property
    def next_contract(self) -> Contract | None:
        return self.step.contract if self.step else None

    @property
    def renews_on(self) -> dt.date | None:
        return self.step.on if self.step and self.term and self.step.contract else None

    @property
    def ends_on(self) -> dt.date | None:
        """Only without a contract that follows."""
        return self.step.on if self.step and not self.step.contract else None

    @property
    def starts_on(self) -> dt.date | None:
        """Only without a running contract."""
        return self.step.on if self.step and not self.term and self.step.contract else None

    @property
    def debt_is_written_off(self) -> bool:
        contract = self.next_contract
        return contract is not None and contract.debt_at_renewal == DebtAtRenewal.WRITE_OFF

    @property
    def is_out(self) -> bool:
        return self.available <= 0

    @property
    def outbound_stops(self) -> bool:
        return self.available + self.overdraft_limit <= 0

    @property
    def is_low(self) -> bool:
        return not self.is_out and self.available * LOW_SHARE < self.included

    @property
    def just_renewed(self) -> bool:
        return (
            self.term is not None
            and self.start is not None
            and (self.today - self.term.starts_on).days < JUST_RENEWED_DAYS
            and bool(self.start.lapsed or self.start.written_off)
        )

    @property
    def full_scale(self) -> int:
        return max(self.included, self.contract_credits) + max(0, self.purchased_credits)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationBalanceSummary(BalanceSummary):
    location: Location
    balance: Balance


def balance_summary(location: Location, *, at: dt.datetime) -> LocationBalanceSummary:
    """Read it in a `renewed_snapshot`. Two queries."""
    parameters = {"location": location.pk, "at": at}
    balance: Any = Balance.objects.raw(BALANCE_SUMMARY, parameters)[0]
    contracts = Contract.objects.filter(location=location).order_by("starts_on")
    # The location may have been read before the snapshot: its version and zone are read anew.
    zone = ZoneInfo(balance.time_zone)
    terms = Terms(location.pk, balance.location_terms_version, zone, tuple(contracts))
    summary = replace(
        _summary(location, balance, terms, at),
        holds_calls_only=balance.open_call_holds == balance.open_holds,
    )
    if summary.term is None or summary.term.starts_on != balance.renewed_through_on:
        return summary
    start = TermStart(balance.granted, balance.lapsed, balance.written_off, balance.changed)
    return replace(summary, start=start)


def balance_summaries(
    locations: Sequence[Location], *, at: dt.datetime
) -> list[LocationBalanceSummary]:
    """In the order of the locations; renews those that are due. Two queries and the renewals."""
    ids = [location.pk for location in locations]
    balances = Balance.objects.as_of(at).exclude(is_renewal_due(at)).in_bulk(ids)
    for location_id in ids:
        if location_id not in balances:
            balances[location_id] = renew_if_due(location_id, at=at)
    return [
        _summary(location, balances[location.pk], terms, at)
        for location, terms in zip(locations, known_terms.for_locations(locations), strict=True)
    ]


def _summary(
    location: Location, balance: Balance, terms: Terms, at: dt.datetime
) -> LocationBalanceSummary:
    today = terms.local_day(at)
    return LocationBalanceSummary(
        location=location,
        balance=balance,
        terms=terms,
        today=today,
        term=terms.term_on(today),
        step=terms.next_step(today),
    )
