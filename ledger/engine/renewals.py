"""Renewals (docs/domain.md, rules 14-16).

They do not depend on a schedule: a charge, a quote or a page that meets a location whose term has
ended renews it first, under the lock of the balance row, so exactly once.
"""

import datetime as dt
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from ledger.engine import posting
from ledger.models import Balance, Entry, EntryKind
from locations.contracts.terms import Step, Terms, load_terms
from locations.models import DebtAtRenewal, Location


def renew(location_id: int, *, at: dt.datetime) -> list[dt.date]:
    """Take every step that is due at the instant `at`, in order; return their days.

    Entries are dated at the local midnight of their step. Raises UnknownLocation.
    """
    with transaction.atomic():
        terms = load_terms(location_id)
        Balance.objects.bulk_create([Balance(location_id=location_id)], ignore_conflicts=True)
        # Lock, re-read: two workers that both saw the term's end would both grant the credits.
        balance = Balance.objects.select_for_update().get(location_id=location_id)
        terms = load_terms(location_id)
        days = []
        step = get_next_step(balance, terms)
        while step is not None and step.at <= at:
            # Each step moves the balance, so read it again.
            current = Balance.objects.get(location_id=location_id)
            posting.append(location_id, build_entries(step, current, terms))
            days.append(step.on)
            balance.renewed_through_on = step.on
            step = terms.next_step(step.on)
        balance.renewal_due_at = step.at if step else None
        balance.terms_version = terms.version
        balance.save(update_fields=["renewed_through_on", "renewal_due_at", "terms_version"])
    return days


def renew_if_due(location_id: int, *, at: dt.datetime) -> Balance:
    """Return the balance at the instant `at`, with held credits. Raises UnknownLocation."""
    balances = Balance.objects.as_of(at).filter(location=location_id)
    balance = balances.exclude(is_renewal_due(at)).first()
    if balance is None:
        renew(location_id, at=at)
        balance = balances.get()
    return balance


def is_renewal_due(at: dt.datetime) -> Q:
    return ~Q(terms_version=F("location__terms_version")) | Q(
        renewal_due_at__isnull=False, renewal_due_at__lte=at
    )


def location_ids_due(at: dt.datetime) -> list[int]:
    without_balance = Location.objects.filter(balance__isnull=True).values_list("pk", flat=True)
    return [
        *Balance.objects.filter(is_renewal_due(at)).values_list("location_id", flat=True),
        *without_balance,
    ]


# The first step of a contract entered after the day on which its predecessor ended.
def _late_successor_step(balance: Balance, terms: Terms) -> Step | None:
    on = balance.renewed_through_on
    contract = terms.contract_on(on) if on else None
    if on is None or contract is None or contract.starts_on != on:
        return None
    granted = Entry.objects.filter(
        contract=contract, term_starts_on=on, kind=EntryKind.CONTRACT_GRANT
    ).exists()
    return None if granted else terms.next_step(on - dt.timedelta(days=1))


def build_entries(step: Step, balance: Balance, terms: Terms) -> list[posting.NewEntry]:
    new_entry = partial(posting.NewEntry, at=step.at, day=step.on)
    entries = []
    if balance.contract_credits and step.previous is not None:
        ended = terms.term_on(step.on - dt.timedelta(days=1))
        entries.append(
            new_entry(
                kind=EntryKind.CONTRACT_EXPIRY,
                contract_delta=-balance.contract_credits,
                contract_id=step.previous.pk,
                term_starts_on=ended.starts_on if ended else step.on,
            )
        )
    if step.contract is not None:
        term: dict[str, Any] = {"contract_id": step.contract.pk, "term_starts_on": step.on}
        included = step.contract.included_credits
        entries.append(new_entry(kind=EntryKind.CONTRACT_GRANT, contract_delta=included, **term))
        writes_off = step.contract.debt_at_renewal == DebtAtRenewal.WRITE_OFF
        if balance.purchased_credits < 0 and writes_off:
            debt = -balance.purchased_credits
            entries.append(new_entry(kind=EntryKind.WRITE_OFF, purchased_delta=debt, **term))
    return entries


def get_next_step(balance: Balance, terms: Terms) -> Step | None:
    return _late_successor_step(balance, terms) or terms.next_step(balance.renewed_through_on)
