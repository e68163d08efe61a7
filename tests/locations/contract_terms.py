"""Contracts that stand in no database, and the steps of their terms."""

import datetime as dt
from zoneinfo import ZoneInfo

from locations.contracts.terms import Step, Terms
from locations.models import Contract

UTC = ZoneInfo("UTC")

DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def contract(starts: str, ends: str | None = None, *, term_months: int = 12) -> Contract:
    return Contract(
        starts_on=day(starts),
        ends_on=day(ends) if ends else None,
        term_months=term_months,
        included_credits=100,
    )


def make_terms(*contracts: Contract, zone: str = "UTC") -> Terms:
    return Terms(location_id=1, version=1, zone=ZoneInfo(zone), contracts=contracts)


def steps(terms: Terms, *, until: dt.date) -> list[Step]:
    """The chain that renewals walk: each step asks for the next one."""
    taken: list[Step] = []
    step = terms.next_step(None)
    while step is not None and step.on <= until:
        taken.append(step)
        step = terms.next_step(step.on)
    return taken


def days_of(terms: Terms, *, until: str) -> list[str]:
    return [str(step.on) for step in steps(terms, until=day(until))]
