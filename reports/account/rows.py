"""All locations of an account in one table: what each has, uses, and until when it lasts.

The table is found in a fixed number of queries, whatever it is sorted by. A thousand locations are
read as rows of one query, not as objects of models, and only what the order asks for is worked out
of all of them. What a location used and when it runs out takes its days: what they say is
remembered (`reports.forecast.daily_rates`).
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.functions import Cast

from ledger.engine.renewals import due, up_to_date
from ledger.models import Balance
from locations.calendar import local_day
from locations.contracts.terms import terms_for_locations
from locations.db.prepared import Given, composed
from locations.models import Account, Location
from reports.balance.summary import BareStanding
from reports.forecast.daily_rates import Used, used_by
from reports.forecast.forecast import Record, runs_out_on
from reports.models import LocationPace

COLUMNS = (
    "location_id",
    "location__name",
    "location__time_zone",
    "location__terms_version",
    "contract_credits",
    "purchased_credits",
    "last_number",
    "can_be_spent",
)


class State(StrEnum):
    """How a location stands, the most urgent first."""

    OVERDRAWN = "overdrawn"
    OUT = "out"
    LOW = "low"
    NO_CREDITS = "none"
    FINE = "fine"


MOST_FORESEEN = 20_000  # locations of which a process keeps what it foresaw
# What it was foreseen from, the version of the contracts included, and the day.
_foreseen: dict[int, tuple[tuple["Place", dt.date, Used], dt.date | None]] = {}

URGENCY = {state: number for number, state in enumerate(State)}


class Place(NamedTuple):
    """A location and the figures of its balance, as one row of COLUMNS."""

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


class Line:
    """One location. How it stands and what its days say is there once it was asked for:
    see `stand`, `read_days` and `foresee`.

    `runs_out_on` is None where nothing runs out as far as can be foreseen, or where the history is
    not enough, which `record` then says.
    """

    __slots__ = ("available", "days", "place", "runs_out_on", "standing", "today")

    standing: BareStanding
    days: Used
    runs_out_on: dt.date | None

    def __init__(self, place: Place, today: dt.date) -> None:
        self.place = place
        self.today = today
        self.available = place.available

    @property
    def name(self) -> str:
        return self.place.name.casefold()

    @property
    def used(self) -> int:
        """Credits used in 30 days."""
        return self.days.used

    @property
    def record(self) -> Record:
        return self.days.record

    @property
    def renews_key(self) -> dt.date:
        return self.standing.renews_on or dt.date.max

    @property
    def runs_out_key(self) -> dt.date:
        if self.available <= 0 and self.place.last_number:
            return dt.date.min
        return self.runs_out_on or dt.date.max

    @property
    def state(self) -> State:
        now = self.standing
        if now.debt and now.available < 0:
            return State.OVERDRAWN
        if not self.place.last_number:
            return State.NO_CREDITS
        if now.is_out:
            return State.OUT
        return State.LOW if now.is_low else State.FINE

    @property
    def urgency(self) -> int:
        return URGENCY[self.state]


@composed
def _rows(named: bool) -> QuerySet[Any, Any]:
    wanted = Q(location__account=Given("account"))
    if named:
        wanted &= Q(location__name__icontains=Given("name"))
    return (
        Balance.objects.as_of(Given("at"))
        .filter(wanted)
        # Sums of big integers are numeric: figures of another type.
        .annotate(
            can_be_spent=F("contract_credits")
            + F("purchased_credits")
            - Cast("held_credits", BigIntegerField())
        )
        .order_by("location__name", "location_id")
        .values_list(*COLUMNS)
    )


def lines_of(account: Account, *, name: str = "", at: dt.datetime) -> list[Line]:
    """The account's locations by name; only those with `name` in theirs. One query.

    `renew_due` comes before: a location that has no balance yet is none of them.
    """
    given = {"account": account.pk, "at": at} | ({"name": name} if name else {})
    today = lru_cache(maxsize=None)(lambda zone: local_day(at, ZoneInfo(zone)))
    places = map(Place._make, _rows(bool(name)).tuples(**given))
    return [Line(place, today(place.time_zone)) for place in places]


def renew_due(account: Account, *, at: dt.datetime) -> None:
    """Make up the renewals that are due, before the moment in which nothing can be written."""
    waiting = Location.objects.filter(account=account).filter(
        Q(balance__isnull=True)
        | Q(pk__in=Balance.objects.filter(due(at), location__account=account).values("pk"))
    )
    for pk in waiting.values_list("pk", flat=True):
        up_to_date(pk, at=at)


def stand(lines: Sequence[Line]) -> None:
    """How each stands by its contracts; one query for those that this process has not seen."""
    for line, terms in zip(lines, terms_for_locations([line.place for line in lines]), strict=True):
        line.standing = BareStanding(
            balance=line.place,
            terms=terms,
            today=line.today,
            term=terms.term_on(line.today),
            step=terms.next_step(line.today),
        )


def read_days(lines: Sequence[Line]) -> list[LocationPace]:
    """What each location used in 30 days, and its pace; two queries at most.

    Returns what is to be remembered of it, with `reports.forecast.daily_rates.keep`.
    """
    found, made = used_by({line.place.pk: line.today for line in lines})
    for line in lines:
        line.days = found[line.place.pk]
    return made


def foresee(lines: Sequence[Line]) -> None:
    """The day on which each runs out, after `read_days`; `stand` where that is new."""
    new = []
    for line in lines:
        known = _foreseen.get(line.place.pk)
        if known and known[0] == (line.place, line.today, line.days):
            line.runs_out_on = known[1]
        else:
            new.append(line)
    stand(new)
    if len(_foreseen) + len(new) > MOST_FORESEEN:
        _foreseen.clear()
    for line in new:
        now, pace, on = line.standing, line.days.pace, None
        if pace and not now.is_out:
            on = runs_out_on(now, pace, used_today=line.days.today)
        line.runs_out_on = on
        _foreseen[line.place.pk] = (line.place, line.today, line.days), on


def forget_foreseen() -> None:
    _foreseen.clear()
