"""A thousand locations are read as tuples; only what the order needs is computed for all."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, F, Q, QuerySet, TextChoices
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from ledger.engine.renewals import is_renewal_due
from ledger.models import Balance
from locations.calendar import local_day
from locations.known_terms import known_terms
from locations.models import Account, Location
from reports.balance.summary import BalanceSummary
from reports.forecast.daily_rates import LocationUsage, load_location_usage
from reports.forecast.forecast import HistoryState, runs_out_on
from reports.models import LocationDailyRate


class State(TextChoices):
    """The most urgent first."""

    OVERDRAWN = "overdrawn", _("Overdrawn")
    OUT = "out", _("None left")
    LOW = "low", _("Low")
    NO_CREDITS = "none", _("No credits yet")
    FINE = "fine", _("Enough")


URGENCY = {state: number for number, state in enumerate(State)}


class LocationBalance(NamedTuple):
    pk: int
    name: str
    time_zone: str
    terms_version: int
    contract_credits: int
    purchased_credits: int
    last_number: int
    available: int

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def total(self) -> int:
        return self.contract_credits + self.purchased_credits


class LocationRow:
    """`runs_out_on` is None beyond the forecast, or without one: see `history_state`."""

    __slots__ = ("available", "location", "runs_out_on", "summary", "today", "usage")

    summary: BalanceSummary
    usage: LocationUsage
    runs_out_on: dt.date | None

    def __init__(self, location: LocationBalance, today: dt.date) -> None:
        self.location = location
        self.today = today
        self.available = location.available

    @property
    def name(self) -> str:
        return self.location.name.casefold()

    @property
    def used(self) -> int:
        """Credits used in 30 days."""
        return self.usage.used

    @property
    def history_state(self) -> HistoryState:
        return self.usage.history_state

    @property
    def renews_key(self) -> dt.date:
        return self.summary.renews_on or dt.date.max

    @property
    def runs_out_key(self) -> dt.date:
        if self.available <= 0 and self.location.last_number:
            return dt.date.min
        return self.runs_out_on or dt.date.max

    @property
    def state(self) -> State:
        if self.summary.debt and self.available < 0:
            return State.OVERDRAWN
        if not self.location.last_number:
            return State.NO_CREDITS
        if self.summary.is_out:
            return State.OUT
        return State.LOW if self.summary.is_low else State.FINE

    @property
    def urgency(self) -> int:
        return URGENCY[self.state]


def account_balances(account: Account, *, at: dt.datetime) -> QuerySet[Balance, Any]:
    """Tuples for LocationBalance, by name. Read them in a snapshot without due renewals."""
    # Sums of big integers are numeric in PostgreSQL.
    held = Cast("held_credits", BigIntegerField())
    return (
        Balance.objects.as_of(at)
        .filter(location__account=account)
        .annotate(available_credits=F("contract_credits") + F("purchased_credits") - held)
        .order_by("location__name", "location_id")
        .values_list(
            "location_id",
            "location__name",
            "location__time_zone",
            "location__terms_version",
            "contract_credits",
            "purchased_credits",
            "last_number",
            "available_credits",
        )
    )


def location_rows(balances: Iterable[tuple[Any, ...]], *, at: dt.datetime) -> list[LocationRow]:
    today = lru_cache(maxsize=None)(lambda zone: local_day(at, ZoneInfo(zone)))
    locations = map(LocationBalance._make, balances)
    return [LocationRow(location, today(location.time_zone)) for location in locations]


def location_ids_due(account: Account, *, at: dt.datetime) -> list[int]:
    due = Location.objects.filter(account=account).filter(
        Q(balance__isnull=True)
        | Q(
            pk__in=Balance.objects.filter(is_renewal_due(at), location__account=account).values(
                "pk"
            )
        )
    )
    return list(due.values_list("pk", flat=True))


def add_summaries(rows: Sequence[LocationRow]) -> None:
    for row, terms in zip(
        rows, known_terms.for_locations([row.location for row in rows]), strict=True
    ):
        row.summary = BalanceSummary(
            balance=row.location,
            terms=terms,
            today=row.today,
            term=terms.term_on(row.today),
            step=terms.next_step(row.today),
        )


def add_usage(rows: Sequence[LocationRow]) -> list[LocationDailyRate]:
    """Two queries at most; returns the rates to be saved with `daily_rates.save_daily_rates`."""
    usage, rates = load_location_usage({row.location.pk: row.today for row in rows})
    for row in rows:
        row.usage = usage[row.location.pk]
    return rates


def add_forecasts(rows: Iterable[LocationRow]) -> None:
    for row in rows:
        rate = row.usage.daily_rate
        row.runs_out_on = (
            runs_out_on(row.summary, rate, used_today=row.usage.today)
            if rate and not row.summary.is_out
            else None
        )
