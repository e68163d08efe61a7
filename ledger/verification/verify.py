import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from ledger.models import Balance, Entry, EntryKind, Verification, VerificationRun
from ledger.reading.daily_usage import daily_usage
from ledger.verification.invariants import INVARIANTS
from ledger.verification.manual_entry_invariants import MANUAL_ENTRY_INVARIANTS
from ledger.verification.schema import missing_guards
from locations.contracts.terms import Terms, UnknownLocation, load_terms
from locations.db.sql import fetch_rows
from locations.models import Location


@dataclass(frozen=True, slots=True)
class Breach:
    """`rule` is a number in docs/domain.md; without a location a guard is missing."""

    rule: int
    check: str
    location_id: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """`through` is the number of the last entry of each location."""

    location_id: int | None
    through: dict[int, int]
    entries: int
    breaches: list[Breach]


def verify(location_id: int | None = None) -> list[Breach]:
    return verify_snapshot(location_id).breaches


def verify_snapshot(location_id: int | None = None) -> Verified:
    """Verify one location or all of them in one snapshot; call it outside a transaction.

    Raises UnknownLocation.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        locations = Location.objects.filter(pk=location_id) if location_id else Location.objects
        through = dict(locations.order_by("pk").values_list("pk", "balance__last_number"))
        if location_id and not through:
            raise UnknownLocation(f"There is no location {location_id}.")
        entries = Entry.objects.filter(location_id=location_id) if location_id else Entry.objects
        return Verified(
            location_id=location_id,
            through={location: number or 0 for location, number in through.items()},
            entries=entries.count(),
            breaches=list(breaches(location_id)),
        )


def record_run(
    verified: Verified, *, started_at: dt.datetime, finished_at: dt.datetime
) -> VerificationRun:
    """Store a run and the newest result of each location, unless a newer one is stored."""
    guards = [breach.detail for breach in verified.breaches if breach.location_id is None]
    by_location: dict[int, list[dict[str, object]]] = {
        location: [] for location in verified.through
    }
    for breach in verified.breaches:
        if breach.location_id is not None:
            location_breaches = by_location.setdefault(breach.location_id, [])
            location_breaches.append(
                {"rule": breach.rule, "check": breach.check, "detail": breach.detail}
            )
    with transaction.atomic():
        run = VerificationRun.objects.create(
            location_id=verified.location_id,
            started_at=started_at,
            finished_at=finished_at,
            locations=len(verified.through),
            entries=verified.entries,
            breaches=len(verified.breaches),
            missing_guards=guards,
        )
        # Without `location__in`: a statement has at most 65,535 parameters.
        newer = Verification.objects.filter(at__gt=started_at)
        for location_id in newer.values_list("location_id", flat=True):
            by_location.pop(location_id, None)
        Verification.objects.bulk_create(
            [
                Verification(
                    location_id=location_id,
                    run=run,
                    at=started_at,
                    through_number=verified.through.get(location_id, 0),
                    breaches=broken,
                )
                for location_id, broken in by_location.items()
            ],
            update_conflicts=True,
            unique_fields=["location"],
            update_fields=["run", "at", "through_number", "breaches"],
        )
    return run


def breaches(location_id: int | None = None) -> Iterator[Breach]:
    for check in (*INVARIANTS, *MANUAL_ENTRY_INVARIANTS):
        for location, detail in fetch_rows(check.sql, location=location_id):
            yield Breach(check.rule, check.name, location, detail)
    locations = Location.objects.select_related("balance").order_by("pk")
    for location in locations.filter(pk=location_id) if location_id else locations:
        balance = getattr(location, "balance", None)
        yield from _terms(location, balance)
        yield from _daily_table(location, balance)
    for guard in missing_guards():
        yield Breach(7, "every guard is in place", None, guard)


def _terms(location: Location, balance: Balance | None) -> Iterator[Breach]:
    name = "one grant per term, no gap"
    expected = _settled_terms(
        load_terms(location.pk), balance.renewed_through_on if balance else None
    )
    entries = Entry.objects.for_location(location).filter(kind=EntryKind.CONTRACT_GRANT)
    granted = list(entries.order_by("number").values_list("contract_id", "term_starts_on"))
    for contract_id, starts_on in sorted(expected - set(granted)):
        detail = f"the term from {starts_on} of contract {contract_id} has no grant"
        yield Breach(4, name, location.pk, detail)
    for grant in granted:
        if grant not in expected or granted.count(grant) > 1:
            detail = f"the grant for {grant[1]} of contract {grant[0]} is one too many"
            yield Breach(4, name, location.pk, detail)


def _settled_terms(terms: Terms, through: dt.date | None) -> set[tuple[int, dt.date]]:
    settled: set[tuple[int, dt.date]] = set()
    step = terms.next_step(None)
    while step is not None and through is not None and step.on <= through:
        if step.contract is not None:
            settled.add((step.contract.pk, step.on))
        step = terms.next_step(step.on)
    return settled


def _daily_table(location: Location, balance: Balance | None) -> Iterator[Breach]:
    name = "the daily table closes at the balance"
    usage = daily_usage(location)
    running = 0
    for row in usage.rows:
        if row.opening != running or row.closing != row.opening + row.moved.net:
            yield Breach(6, name, location.pk, f"{row.day} opens at {row.opening}, not {running}")
        running = row.closing
    total = balance.total if balance else 0
    if running != total:
        yield Breach(6, name, location.pk, f"the last day closes at {running}, the page at {total}")
