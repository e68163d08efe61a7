import datetime as dt
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from locations.calendar import add_months, day_starts_at, local_day
from locations.models import Contract, Location


class UnknownLocation(Exception):
    pass


class HasTerms(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def terms_version(self) -> int: ...
    @property
    def zone(self) -> ZoneInfo: ...


@dataclass(frozen=True, slots=True)
class Step:
    """A day on which a term begins (that of `contract`) or ends (that of `previous`)."""

    on: dt.date
    at: dt.datetime
    contract: Contract | None
    previous: Contract | None


@dataclass(frozen=True, slots=True)
class Term:
    contract: Contract
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class Terms:
    location_id: int
    version: int
    zone: ZoneInfo
    contracts: tuple[Contract, ...]

    def contract_on(self, day: dt.date) -> Contract | None:
        for contract in reversed(self.contracts):
            if contract.starts_on <= day:
                return contract if contract.ends_on is None or day < contract.ends_on else None
        return None

    def term_on(self, day: dt.date) -> Term | None:
        contract = self.contract_on(day)
        if contract is None:
            return None
        months = (day.year - contract.starts_on.year) * 12 + day.month - contract.starts_on.month
        number = months // contract.term_months
        if add_months(contract.starts_on, number * contract.term_months) > day:
            number -= 1
        starts_on = add_months(contract.starts_on, number * contract.term_months)
        ends_on = add_months(contract.starts_on, (number + 1) * contract.term_months)
        if contract.ends_on is not None:
            ends_on = min(ends_on, contract.ends_on)
        return Term(contract, starts_on, ends_on)

    def next_step(self, after: dt.date | None) -> Step | None:
        """The first step after the day `after` (None: the first of all)."""
        term = self.term_on(after) if after is not None else None
        if term is not None:
            return self._make_step(term.ends_on)
        for contract in self.contracts:
            if after is None or contract.starts_on > after:
                return self._make_step(contract.starts_on)
        return None

    def _make_step(self, on: dt.date) -> Step:
        return Step(
            on=on,
            at=day_starts_at(on, self.zone),
            contract=self.contract_on(on),
            previous=self.contract_on(on - dt.timedelta(days=1)),
        )

    def local_day(self, at: dt.datetime) -> dt.date:
        return local_day(at, self.zone)


def load_terms(location_id: int) -> Terms:
    # Read the version first: terms that change in between then count as stale.
    location = Location.objects.filter(pk=location_id).first()
    if location is None:
        raise UnknownLocation(f"There is no location {location_id}.")
    contracts = Contract.objects.filter(location_id=location_id).order_by("starts_on")
    return Terms(location.pk, location.terms_version, location.zone, tuple(contracts))
