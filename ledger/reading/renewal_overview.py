import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ledger.engine import renewals
from ledger.engine.posting import NewEntry
from ledger.models import Balance, Entry, EntryKind, RenewalFailure
from locations.contracts.terms import Step, Terms
from locations.models import Contract, Location

WINDOWS = (30, 60, 90)  # days ahead


@dataclass(frozen=True, slots=True)
class Window:
    """Renewals within `days` days, and the credits that would lapse in them as of now."""

    days: int
    locations: int
    lapsing: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The next step of a location (None: there is none), and the entries it would write now."""

    balance: Balance
    step: Step | None
    entries: list[NewEntry]

    def _sum(self, kind: EntryKind) -> int:
        return sum(e.contract_delta + e.purchased_delta for e in self.entries if e.kind == kind)

    @property
    def lapses(self) -> int:
        return self._sum(EntryKind.CONTRACT_EXPIRY)

    @property
    def granted(self) -> int | None:
        if self.step is None or self.step.contract is None:
            return None
        return self._sum(EntryKind.CONTRACT_GRANT)

    @property
    def written_off(self) -> int:
        return self._sum(EntryKind.WRITE_OFF)

    @property
    def total_after(self) -> int:
        moved = sum(entry.contract_delta + entry.purchased_delta for entry in self.entries)
        return self.balance.total + moved


def count_upcoming(at: dt.datetime) -> list[Window]:
    sums: dict[str, Any] = {}
    for days in WINDOWS:
        sums[f"count_{days}"] = Count("pk", filter=_within(days, at))
        sums[f"lapse_{days}"] = Sum("contract_credits", filter=_within(days, at), default=0)
    counts = Balance.objects.aggregate(**sums)
    return [Window(days, counts[f"count_{days}"], counts[f"lapse_{days}"]) for days in WINDOWS]


def get_upcoming(days: int, at: dt.datetime) -> QuerySet[Balance]:
    balances = Balance.objects.filter(_within(days, at)).select_related("location__account")
    return balances.order_by("renewal_due_at", "location__name", "pk")


def get_overdue(at: dt.datetime) -> QuerySet[Balance]:
    balances = Balance.objects.filter(renewals.is_renewal_due(at)).select_related(
        "location__account"
    )
    return balances.order_by(Coalesce("renewal_due_at", at), "pk")


def preview_renewals(balances: Sequence[Balance]) -> list[Preview]:
    """One query; select `location` with the balances."""
    contracts: dict[int, list[Contract]] = {}
    ids = [balance.location_id for balance in balances]
    for contract in Contract.objects.filter(location__in=ids).order_by("starts_on"):
        contracts.setdefault(contract.location_id, []).append(contract)
    return [_preview(balance, contracts.get(balance.location_id, [])) for balance in balances]


def preview_renewal(location: Location, balance: Balance) -> Preview:
    return _preview(balance, list(Contract.objects.filter(location=location).order_by("starts_on")))


def get_completed() -> QuerySet[Entry, dict[str, Any]]:
    def moved(kind: EntryKind) -> Sum:
        column = "purchased_delta" if kind == EntryKind.WRITE_OFF else "contract_delta"
        return Sum(column, filter=Q(kind=kind))

    rows: QuerySet[Entry, dict[str, Any]] = (
        Entry.objects.from_renewals()
        .order_by()
        .values("location_id", "location__name", "at", "day")  # type: ignore[assignment]
        .annotate(
            newest=Max("pk"),
            recorded_at=Max("recorded_at"),
            granted=moved(EntryKind.CONTRACT_GRANT),
            lapsed=moved(EntryKind.CONTRACT_EXPIRY),
            written_off=moved(EntryKind.WRITE_OFF),
            delay=F("recorded_at") - F("at"),
        )
        .order_by("-newest")
    )
    return rows


def get_failures() -> QuerySet[RenewalFailure]:
    return RenewalFailure.objects.select_related("location").order_by(
        Coalesce("resolved_at", dt.datetime.max.replace(tzinfo=dt.UTC)).desc(),
        "-last_failed_at",
        "-pk",
    )


def _within(days: int, at: dt.datetime) -> Q:
    return Q(renewal_due_at__gt=at, renewal_due_at__lte=at + dt.timedelta(days=days))


def _preview(balance: Balance, contracts: Sequence[Contract]) -> Preview:
    location = balance.location
    terms = Terms(location.pk, location.terms_version, location.zone, tuple(contracts))
    step = terms.next_step(balance.renewed_through_on)
    entries = renewals.build_entries(step, balance, terms) if step else []
    return Preview(balance, step, entries)
