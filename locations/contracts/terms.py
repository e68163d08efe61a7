"""A location's contracts and time zone as charging and renewing need them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from locations.calendar import add_months, day_starts_at, local_day
from locations.models import Contract, Location

MOST_SEEN = 20_000  # terms that a process keeps
MOST_DAYS = 16  # for which the terms of one location keep what they said


class UnknownLocation(Exception):
    """No location has this id."""


class HasTerms(Protocol):
    """What names the terms of a location: the location itself, or a row of a query with these."""

    @property
    def pk(self) -> int: ...
    @property
    def terms_version(self) -> int: ...
    @property
    def zone(self) -> ZoneInfo: ...


UNSAID = object()


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to a location's terms on one day.

    `contract` is the one whose term begins; None where a contract ends and none follows.
    `previous` is the one whose term ends there; None where there was none.
    """

    on: dt.date
    at: dt.datetime
    contract: Contract | None
    previous: Contract | None


@dataclass(frozen=True, slots=True)
class Term:
    """One period of a contract: local days [starts_on, ends_on)."""

    contract: Contract
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class Terms:
    """The contracts of one location, in order, as of one version of them."""

    location_id: int
    version: int
    zone: ZoneInfo
    contracts: tuple[Contract, ...]
    # What was said of a day, which a table of many locations asks again and again.
    _terms: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    _steps: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def contract_on(self, day: dt.date) -> Contract | None:
        """The contract that holds on a local day; None between and after contracts."""
        for contract in reversed(self.contracts):
            if contract.starts_on <= day:
                return contract if contract.ends_on is None or day < contract.ends_on else None
        return None

    def term_on(self, day: dt.date) -> Term | None:
        """The term that a local day lies in; None where no contract holds."""
        # Threads share it: nothing is looked for twice that another may clear in between.
        found = self._terms.get(day, UNSAID)
        if found is UNSAID:
            found = self._term_on(day)
            _say(self._terms, day, found)
        return cast(Term | None, found)

    def _term_on(self, day: dt.date) -> Term | None:
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
        """The first beginning or end of a term later than the day `after` (None: the first).

        None where nothing more is known: no contract, or all of them have ended.
        """
        found = self._steps.get(after, UNSAID)
        if found is UNSAID:
            found = self._next_step(after)
            _say(self._steps, after, found)
        return cast(Step | None, found)

    def _next_step(self, after: dt.date | None) -> Step | None:
        term = self.term_on(after) if after is not None else None
        if term is not None:
            return self._step(term.ends_on)
        for contract in self.contracts:
            if after is None or contract.starts_on > after:
                return self._step(contract.starts_on)
        return None

    def _step(self, on: dt.date) -> Step:
        return Step(
            on=on,
            at=day_starts_at(on, self.zone),
            contract=self.contract_on(on),
            previous=self.contract_on(on - dt.timedelta(days=1)),
        )

    def day_of(self, at: dt.datetime) -> dt.date:
        return local_day(at, self.zone)


def load_terms(location_id: int) -> Terms:
    """The location's terms as they are now; raises UnknownLocation."""
    # The version is read first: terms that change in between are then called stale, not missed.
    location = Location.objects.filter(pk=location_id).first()
    if location is None:
        raise UnknownLocation(f"There is no location {location_id}.")
    contracts = Contract.objects.filter(location_id=location_id).order_by("starts_on")
    return Terms(location.pk, location.terms_version, location.zone, tuple(contracts))


@lru_cache(maxsize=20_000)
def known_terms(location_id: int) -> Terms:
    """The location's terms as this process last saw them; raises UnknownLocation.

    They may be behind: use them only where their `version` is checked, as posting does, and
    call `known_terms.cache_clear` when it was not the one.
    """
    return load_terms(location_id)


_seen: dict[int, Terms] = {}


def terms_of(locations: Sequence[HasTerms]) -> list[Terms]:
    """The terms of several locations, in their order, as of the version each was read with.

    One query for those that this process has not seen, none where it has seen all.
    """
    found: dict[int, Terms] = {}
    unseen: dict[int, HasTerms] = {}
    for place in locations:
        seen = _seen.get(place.pk)
        if seen and seen.version == place.terms_version and seen.zone == place.zone:
            found[place.pk] = seen
        else:
            unseen[place.pk] = place
    if unseen:
        contracts: dict[int, list[Contract]] = {pk: [] for pk in unseen}
        for contract in Contract.objects.filter(location_id__in=unseen).order_by("starts_on"):
            contracts[contract.location_id].append(contract)
        if len(_seen) + len(unseen) > MOST_SEEN:
            _seen.clear()
        for pk, place in unseen.items():
            of_place = tuple(contracts[pk])
            found[pk] = _seen[pk] = Terms(pk, place.terms_version, place.zone, of_place)
    return [found[place.pk] for place in locations]


def forget_seen() -> None:
    _seen.clear()


def _say(said: dict[Any, Any], day: dt.date | None, found: object) -> None:
    if len(said) >= MOST_DAYS:
        said.clear()
    said[day] = found
