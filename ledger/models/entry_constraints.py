from django.db import models
from django.db.models import F, Q

from ledger.models.kinds import USAGE, EntryKind

SPENT = Q(contract_delta__lte=0, purchased_delta__lte=0) & ~Q(contract_delta=0, purchased_delta=0)

CONSTRAINTS: list[models.BaseConstraint] = [
    models.UniqueConstraint(fields=["location", "number"], name="entry_number_once"),
    models.UniqueConstraint(
        fields=["location", "key"],
        condition=Q(key__isnull=False),
        name="entry_key_once",
    ),
    models.UniqueConstraint(
        fields=["contract", "term_starts_on"],
        condition=Q(kind=EntryKind.CONTRACT_GRANT),
        name="entry_one_grant_per_term",
    ),
    models.UniqueConstraint(
        fields=["charge", "day"],
        condition=Q(charge__isnull=False, kind__in=USAGE),
        name="entry_once_per_charge_and_day",
    ),
    models.CheckConstraint(
        name="entry_signs",
        condition=Q(kind=EntryKind.CONTRACT_GRANT, contract_delta__gte=0, purchased_delta=0)
        | Q(kind=EntryKind.CONTRACT_EXPIRY, contract_delta__lt=0, purchased_delta=0)
        | Q(kind=EntryKind.PURCHASE, contract_delta=0, purchased_delta__gt=0)
        | Q(kind=EntryKind.WRITE_OFF, contract_delta=0, purchased_delta__gt=0)
        | (Q(kind__in=USAGE) & SPENT)
        | Q(kind=EntryKind.REVERSAL, contract_delta__gte=0, purchased_delta__gte=0)
        | (Q(kind=EntryKind.ADJUSTMENT) & ~Q(contract_delta=0, purchased_delta=0)),
    ),
    models.CheckConstraint(name="entry_contract_not_negative", condition=Q(contract_after__gte=0)),
    models.CheckConstraint(
        name="entry_kind_has_its_cause",
        condition=Q(kind__in=USAGE, charge__isnull=False, contract__isnull=True)
        | Q(
            kind__in=[EntryKind.CONTRACT_GRANT, EntryKind.CONTRACT_EXPIRY, EntryKind.WRITE_OFF],
            charge__isnull=True,
            contract__isnull=False,
            term_starts_on__isnull=False,
        )
        | Q(
            kind__in=[EntryKind.PURCHASE, EntryKind.REVERSAL],
            contract__isnull=True,
            key__isnull=False,
            fingerprint__isnull=False,
        )
        # With a contract it changes what this term was granted.
        | (
            Q(kind=EntryKind.ADJUSTMENT, key__isnull=False, fingerprint__isnull=False)
            & (
                Q(contract__isnull=True, term_starts_on__isnull=True)
                | Q(
                    contract__isnull=False,
                    term_starts_on__isnull=False,
                    purchased_delta=0,
                )
            )
        )
        # Manual write-off, between renewals.
        | Q(
            kind=EntryKind.WRITE_OFF,
            charge__isnull=True,
            contract__isnull=True,
            term_starts_on__isnull=True,
            key__isnull=False,
            fingerprint__isnull=False,
        ),
    ),
    models.CheckConstraint(
        name="entry_write_off_ends_at_zero",
        condition=~Q(kind=EntryKind.WRITE_OFF) | Q(purchased_after=0),
    ),
    models.CheckConstraint(
        name="entry_write_off_by_hand_has_reason",
        condition=~Q(kind=EntryKind.WRITE_OFF)
        | Q(contract__isnull=False)
        | (Q(created_by__isnull=False) & ~Q(reason="")),
    ),
    models.CheckConstraint(
        name="entry_approved_by_a_second_person",
        condition=Q(approved_by__isnull=True)
        | (Q(created_by__isnull=False) & ~Q(approved_by=F("created_by"))),
    ),
    models.CheckConstraint(
        name="entry_reversal_names_its_charge",
        condition=Q(kind=EntryKind.REVERSAL, charge__isnull=False, lapsed_credits__gte=0)
        | (~Q(kind=EntryKind.REVERSAL) & Q(lapsed_credits=0)),
    ),
    models.CheckConstraint(
        name="entry_adjustment_has_reason",
        condition=~Q(kind=EntryKind.ADJUSTMENT) | ~Q(reason=""),
    ),
    models.CheckConstraint(
        name="entry_in_bounds",
        condition=Q(
            contract_after__lte=10**12,
            purchased_after__gte=-(10**12),
            purchased_after__lte=10**12,
        ),
    ),
]
