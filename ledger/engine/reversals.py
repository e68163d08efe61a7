"""Reversals: a charge, or one message of it, given back once (domain.md section 3)."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from ledger.engine import posting, renewals
from ledger.engine.posting import LedgerError
from ledger.models import (
    Balance,
    Charge,
    ChargeKind,
    ChatMessage,
    Entry,
    EntryKind,
    InternationalMessage,
)
from locations.contracts.terms import load_terms
from locations.models import User


class UnknownCharge(LedgerError):
    """The location has no such charge, or the charge no such message."""


class NothingToReverse(LedgerError):
    """It cost nothing, or has been given back already."""


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """The entry that gave the credits back; `replayed` if an earlier request made it."""

    entry: Entry
    replayed: bool


def reverse(
    location_id: int,
    charge_id: int,
    *,
    external_id: str | None = None,
    key: str,
    at: dt.datetime,
    reason: str,
    reference: str = "",
    created_by: User | None = None,
    approved_by: User | None = None,
) -> PostedEntry:
    """Give back a charge, or the one message `external_id` of it, to the buckets it came from.

    The contract part of a charge from an earlier term comes back as nothing: those credits have
    lapsed, and the entry's `lapsed_credits` say how many. A whole charge gives back what single
    reversals have left of it. Raises UnknownCharge, NothingToReverse, BadInput, KeyReused and
    UnknownLocation.
    """
    posting.check_key(key)
    posting.check_text("reason", reason, max_length=500, required=True)
    posting.check_text("reference", reference, max_length=120)
    said = ["reversal", charge_id, external_id, reason, *([reference] if reference else [])]
    content = posting.fingerprint(said)
    with transaction.atomic():
        renewals.renew_if_due(location_id, at=at)
        # Two reversals of one message at once: the second waits here and finds it done.
        balance = Balance.objects.select_for_update().get(location_id=location_id)
        earlier = posting.get_entry_by_key(location_id, key, content)
        if earlier is not None:
            return PostedEntry(earlier, replayed=True)
        renewals.renew(location_id, at=at)
        balance.refresh_from_db()
        charge = Charge.objects.filter(pk=charge_id, location_id=location_id).first()
        if charge is None:
            raise UnknownCharge(
                _("This location has no charge %(charge_id)s.") % {"charge_id": charge_id}
            )
        messages = _messages(charge, external_id)
        paid = messages.aggregate(
            all=Sum("credits", default=0), contract=Sum("contract_credits", default=0)
        )
        lapsed = paid["contract"] if _is_of_an_earlier_term(charge) else 0
        today = load_terms(location_id).local_day(at)
        ids = posting.append(
            location_id,
            [
                posting.NewEntry(
                    kind=EntryKind.REVERSAL,
                    contract_delta=paid["contract"] - lapsed,
                    purchased_delta=paid["all"] - paid["contract"],
                    at=at,
                    day=max(today, balance.renewed_through_on or today),
                    charge_id=charge.pk,
                    lapsed_credits=lapsed,
                )
            ],
            key=key,
            content=content,
            reason=reason,
            reference=reference,
            created_by_id=created_by.pk if created_by else None,
            approved_by_id=approved_by.pk if approved_by else None,
        )
        messages.update(reversal_id=ids[0])
    return PostedEntry(Entry.objects.get(pk=ids[0]), replayed=False)


def _messages(
    charge: Charge, external_id: str | None
) -> QuerySet[ChatMessage] | QuerySet[InternationalMessage]:
    """The messages of the charge that can still be given back; at least one."""
    model = ChatMessage if charge.kind == ChargeKind.CHAT else InternationalMessage
    messages = model._default_manager.filter(charge=charge)
    if external_id is not None:
        messages = messages.filter(external_id=external_id)
        if not messages.exists():
            raise UnknownCharge(
                _("Charge %(pk)s has no message %(external_id)s.")
                % {"pk": charge.pk, "external_id": repr(external_id)}
            )
    cost = messages.filter(credits__gt=0)
    if not cost.exists():
        raise NothingToReverse(_("It cost nothing: there is nothing to give back."))
    left = cost.filter(reversal__isnull=True)
    if not left.exists():
        raise NothingToReverse(_("It has been reversed already: a charge is given back once."))
    return left


def _is_of_an_earlier_term(charge: Charge) -> bool:
    """Whether the location's contract credits have been reset since it was charged."""
    entry = Entry.objects.filter(charge=charge).exclude(kind=EntryKind.REVERSAL).order_by("number")
    last = entry.last()
    return (
        last is not None
        and Entry.objects.filter(
            location_id=charge.location_id,
            number__gt=last.number,
            kind__in=[EntryKind.CONTRACT_GRANT, EntryKind.CONTRACT_EXPIRY],
        ).exists()
    )
