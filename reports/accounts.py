"""All locations of an account in one table: what each has, uses, and until when it lasts.

The table is found in a fixed number of queries, whatever it is sorted by. What a location used
and when it runs out takes its days: what they say is remembered (`reports.paces`).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from ledger.models import Balance
from ledger.renewing import due, up_to_date
from locations.models import Account, Location
from reports.forecasting import Record, runs_out_on
from reports.models import LocationPace
from reports.paces import used_by
from reports.standing import Standing, standings


class State(StrEnum):
    """How a location stands, the most urgent first."""

    OVERDRAWN = "overdrawn"
    OUT = "out"
    LOW = "low"
    NO_CREDITS = "none"
    FINE = "fine"


@dataclass(slots=True)
class Line:
    """One location. What its days say is None until `read_days` has been there.

    `runs_out_on` stays None where nothing runs out as far as can be foreseen, or where the
    history is not enough, which `record` then says.
    """

    standing: Standing
    used: int | None = None
    record: Record | None = None
    runs_out_on: dt.date | None = None

    @property
    def location(self) -> Location:
        return self.standing.location

    @property
    def name(self) -> str:
        return self.location.name.casefold()

    @property
    def available(self) -> int:
        return self.standing.available

    @property
    def renews_key(self) -> dt.date:
        return self.standing.renews_on or dt.date.max

    @property
    def runs_out_key(self) -> dt.date:
        if self.standing.is_out and self.state != State.NO_CREDITS:
            return dt.date.min
        return self.runs_out_on or dt.date.max

    @property
    def state(self) -> State:
        now = self.standing
        if now.debt and now.available < 0:
            return State.OVERDRAWN
        if not now.balance.last_number:
            return State.NO_CREDITS
        if now.is_out:
            return State.OUT
        return State.LOW if now.is_low else State.FINE

    @property
    def urgency(self) -> int:
        return list(State).index(self.state)


def locations_of(account: Account, *, name: str = "") -> list[Location]:
    """The account's locations by name; only those with `name` in theirs."""
    locations = Location.objects.filter(account=account).order_by("name", "pk")
    if name:
        locations = locations.filter(name__icontains=name)
    return list(locations)


def lines_of(
    locations: Sequence[Location], *, states: Collection[str] = (), at: dt.datetime
) -> list[Line]:
    """Their lines, in their order; only those in these states."""
    lines = [Line(now) for now in standings(locations, at=at)]
    return [line for line in lines if not states or line.state in states]


def renew_due(account: Account, *, at: dt.datetime) -> None:
    """Make up the renewals that are due, before the moment in which nothing can be written."""
    waiting = Location.objects.filter(account=account).filter(
        Q(balance__isnull=True)
        | Q(pk__in=Balance.objects.filter(due(at), location__account=account).values("pk"))
    )
    for pk in waiting.values_list("pk", flat=True):
        up_to_date(pk, at=at)


def read_days(lines: Sequence[Line]) -> list[LocationPace]:
    """What each location used in 30 days and when it runs out; two queries at most.

    Returns what is to be remembered of it, with `reports.paces.keep`.
    """
    found, made = used_by({line.location.pk: line.standing.today for line in lines})
    for line in lines:
        now, used = line.standing, found[line.location.pk]
        line.used, line.record = used.used, used.record
        if used.pace and not now.is_out:
            line.runs_out_on = runs_out_on(now, used.pace, used_today=used.today)
    return made
