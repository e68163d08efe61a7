"""What a draft rate card would do: the last 30 days rated by it, and who would run out.

Reversed charges are left out. A location runs out where its available credits are less than the
mean daily rate of those 30 days takes until its next renewal.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from ledger.engine.snapshots import read_snapshot
from ledger.impact.rerating import MessageGroup, rerate, unpriced
from ledger.models import Balance, RateCardImpact
from locations import jobs
from locations.jobs import Clock, Lease
from locations.models import Location, Rate, RateCard, User
from locations.rate_cards.prices import load_price_list
from locations.rate_cards.publishing import locations_priced_by

DAYS = 30
GAP_DAYS = 90
BATCH_SIZE = 10_000  # a statement takes at most 65,535 parameters
LOCATIONS_PER_QUERY = 20  # locations whose messages one query reads
MAX_LOCATIONS = 2_000  # stored, those that change most
HARDEST = 10

Watch = Callable[[int, int], None]


@dataclass(slots=True)
class CreditSums:
    """Credits by the card in force (`now`) and by the draft (`then`).

    `unpriced` messages would be refused; `newly_priced` ones were refused for want of a price.
    """

    messages: int = 0
    now: int = 0
    then: int = 0
    unpriced: int = 0
    unpriced_now: int = 0
    newly_priced: int = 0

    def add(self, group: MessageGroup) -> None:
        self.messages += group.messages
        self.now += group.now
        self.then += group.then
        if group.was_refused:
            self.newly_priced += 0 if group.unpriced else group.messages
        elif group.unpriced:
            self.unpriced += group.messages
            self.unpriced_now += group.now

    @property
    def more(self) -> int:
        return self.then - self.now


@dataclass(slots=True)
class LocationSums(CreditSums):
    """`lasts_now` and `lasts_then` are None where no renewal is known (`renews_on`, a UTC day)."""

    location_id: int = 0
    available: int = 0
    renews_on: str | None = None
    lasts_now: bool | None = None
    lasts_then: bool | None = None
    out_on: str | None = None


@dataclass(slots=True)
class Impact:
    """`gaps` are destinations of the last 90 days without a price, and messages sent there.

    `countries` are by code, the empty one is chat. `late` counts messages that were charged
    for days on which the card would be in force already: they keep their price.
    """

    first_on: str
    until: str
    locations: int = 0
    total: CreditSums = field(default_factory=CreditSums)
    countries: dict[str, CreditSums] = field(default_factory=dict)
    places: list[LocationSums] = field(default_factory=list)
    would_run_out: list[LocationSums] = field(default_factory=list)
    gaps: list[list[Any]] = field(default_factory=list)
    late: int = 0


def request_impact(card: RateCard, *, requested_by: User, at: dt.datetime) -> RateCardImpact:
    with transaction.atomic():
        # Lock, so that of two clicks the second finds the job of the first.
        RateCard.objects.select_for_update(no_key=True).get(pk=card.pk)
        latest = RateCardImpact.objects.filter(card=card).first()
        if latest is not None and latest.is_unfinished:
            return latest
        impact = RateCardImpact.objects.create(
            card=card, requested_by=requested_by, requested_at=at
        )
        transaction.on_commit(lambda: jobs.enqueue(RateCardImpact, impact.pk))
    return impact


def fingerprint(card: RateCard) -> str:
    terms = ["country", "carrier_type", "channel", "prefix", "credits"]
    rows = Rate.objects.filter(card=card).order_by(*terms[:4])
    digest = hashlib.sha256(
        repr(
            [
                *(card.series_id, card.effective_on),
                *(card.chat_sms_credits, card.chat_mms_credits),
            ]
        ).encode()
    )
    for row in rows.values_list(*terms, "first_seconds", "following_seconds").iterator():
        digest.update(repr(row).encode())
    return digest.hexdigest()


def run_impact(impact_id: int, *, clock: Clock) -> None:
    def calculate(impact: RateCardImpact, lease: Lease) -> None:
        with read_snapshot():
            card = RateCard.objects.select_related("series").get(pk=impact.card_id)
            card_fingerprint = fingerprint(card)
            result = calculate_impact(card, at=clock(), watch=_watch(lease))
        jobs.finish(impact, at=clock(), fingerprint=card_fingerprint, result=asdict(result))

    jobs.run(RateCardImpact, impact_id, calculate, clock=clock)


def _watch(lease: Lease) -> Watch:
    last = 0

    def watched(done: int, total: int) -> None:
        nonlocal last
        if done == 0:
            lease.renew(0, total)
        elif done != last:
            lease.heartbeat(done)
        last = done

    return watched


def calculate_impact(
    card: RateCard, *, at: dt.datetime, watch: Watch = lambda done, total: None
) -> Impact:
    """Rate the last 30 days by this card; `watch` gets the done and all locations."""
    prices, today = load_price_list(card), at.date()
    first_on, late_from = (
        today - dt.timedelta(days=DAYS),
        max(card.effective_on, today - dt.timedelta(days=GAP_DAYS)),
    )
    impact = Impact(first_on.isoformat(), today.isoformat())
    locations = list(
        locations_priced_by(card.series, max(card.effective_on, today))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    impact.locations = len(locations)
    by_location: dict[int, LocationSums] = {}
    gaps: dict[tuple[str, str, str], int] = {}
    for done in range(0, len(locations), LOCATIONS_PER_QUERY):
        watch(done, len(locations))
        some = locations[done : done + LOCATIONS_PER_QUERY]
        for group in rerate(prices, some, first_on, today):
            impact.total.add(group)
            impact.countries.setdefault(group.country, CreditSums()).add(group)
            sums = by_location.setdefault(
                group.location_id, LocationSums(location_id=group.location_id)
            )
            sums.add(group)
        for destination, messages in unpriced(
            prices, some, today - dt.timedelta(days=GAP_DAYS), today + dt.timedelta(days=1)
        ):
            gaps[destination] = gaps.get(destination, 0) + messages
        if late_from <= today:
            impact.late += sum(
                group.messages
                for group in rerate(prices, some, late_from, today + dt.timedelta(days=1))
                if not group.was_refused
            )
    impact.gaps = [[*where, messages] for where, messages in sorted(gaps.items())]
    _add_balances(by_location, at=at)
    changed = sorted(by_location.values(), key=lambda sums: (-sums.more, sums.location_id))
    impact.would_run_out = [sums for sums in changed if sums.lasts_now and sums.lasts_then is False]
    impact.places = changed[:MAX_LOCATIONS]
    return impact


def _add_balances(by_location: dict[int, LocationSums], *, at: dt.datetime) -> None:
    ids = list(by_location)
    for start in range(0, len(ids), BATCH_SIZE):
        batch = Balance.objects.as_of(at).filter(location__in=ids[start : start + BATCH_SIZE])
        for balance in batch:
            _add_balance(by_location[balance.location_id], balance, at=at)


def _add_balance(sums: LocationSums, balance: Balance, *, at: dt.datetime) -> None:
    sums.available = balance.available
    due = balance.renewal_due_at
    if due is None or due <= at:
        return
    sums.renews_on = due.date().isoformat()
    days = (due - at) / dt.timedelta(days=1)
    sums.lasts_now = sums.available >= sums.now / DAYS * days
    sums.lasts_then = sums.available >= sums.then / DAYS * days
    if not sums.lasts_then:
        left = max(0, sums.available) / (sums.then / DAYS)
        sums.out_on = (at + dt.timedelta(days=left)).date().isoformat()


def with_locations(all_sums: list[LocationSums]) -> Iterator[tuple[Location, LocationSums]]:
    locations = Location.objects.select_related("account").in_bulk(
        [sums.location_id for sums in all_sums]
    )
    for sums in all_sums:
        yield locations[sums.location_id], sums


def read_result(result: dict[str, Any]) -> Impact:
    return Impact(
        **{
            **result,
            "total": CreditSums(**result["total"]),
            "countries": {code: CreditSums(**sums) for code, sums in result["countries"].items()},
            "places": [LocationSums(**sums) for sums in result["places"]],
            "would_run_out": [LocationSums(**sums) for sums in result["would_run_out"]],
        }
    )
