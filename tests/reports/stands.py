"""Standings and histories without a database, for what is computed from them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from ledger.models import Balance
from ledger.reading.daily_usage import DailyUsage, Day, Movement
from locations.contracts.terms import Terms
from locations.models import Contract, Location
from reports.balance.summary import LocationBalanceSummary
from reports.forecast.forecast import DAY

TODAY = dt.date(2026, 6, 15)  # a Monday


def contract(starts_on: dt.date, included: int = 1000, **fields: Any) -> Contract:
    return Contract(location_id=1, starts_on=starts_on, included_credits=included, **fields)


def stands(
    *contracts: Contract, contract_credits: int = 0, purchased: int = 0, held: int = 0
) -> LocationBalanceSummary:
    """A location in UTC on TODAY."""
    balance = Balance(contract_credits=contract_credits, purchased_credits=purchased, last_number=1)
    balance.held_credits, balance.open_holds = held, 1 if held else 0
    terms = Terms(1, 1, ZoneInfo("UTC"), contracts)
    return LocationBalanceSummary(
        location=Location(pk=1, name="Harbor"),
        balance=balance,
        terms=terms,
        today=TODAY,
        term=terms.term_on(TODAY),
        step=terms.next_step(TODAY),
    )


def renewing(in_days: int, included: int = 1000, **fields: Any) -> Contract:
    """A contract whose present term ends so many days after TODAY."""
    renews_on = TODAY + in_days * DAY
    return contract(renews_on.replace(year=renews_on.year - 1), included, **fields)


def used(credits: Sequence[int], today: int = 0) -> DailyUsage:
    """The days until yesterday on which these credits were used, and what was used today."""
    first_on = TODAY - len(credits) * DAY
    days = tuple(
        Day(first_on + n * DAY, 0, Movement(chat=-amount))
        for n, amount in enumerate([*credits, today])
        if amount
    )
    return DailyUsage(first_on, None, 0, days, days, Movement(), Movement())


def weeks(count: int, weekday: int = 100, weekend: int = 10) -> list[int]:
    """Whole weeks until yesterday, a Sunday."""
    return ([weekday] * 5 + [weekend] * 2) * count
