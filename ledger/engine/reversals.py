import datetime as dt

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from ledger.engine import posting, renewals
from ledger.engine.posting import LedgerError, PostedEntry
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
    """It cost nothing, or was given back before."""


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
    """Give back a charge, or its message `external_id`, once (docs/domain.md, rule 12).

    Contract credits of an earlier term are not given back but counted in `lapsed_credits`. Raises
    UnknownCharge, NothingToReverse, BadInput, KeyReused and UnknownLocation.
    """
    posting.check_key(key)
    posting.check_text("reason", reason, max_length=500, required=True)
    posting.check_text("reference", reference, max_length=120)
    fingerprint = posting.fingerprint(
        ["reversal", charge_id, external_id, reason, *([reference] if reference else [])]
    )
    with transaction.atomic():
        renewals.renew_if_due(location_id, at=at)
        # Lock: of two concurrent reversals of one message the second must see the first.
        balance = Balance.objects.select_for_update().get(location_id=location_id)
        entry = posting.find_by_key(Entry, location_id, key, fingerprint)
        if entry is not None:
            return PostedEntry(entry, replayed=True)
        renewals.renew(location_id, at=at)
        balance.refresh_from_db()
        charge = Charge.objects.filter(pk=charge_id, location_id=location_id).first()
        if charge is None:
            raise UnknownCharge(
                _("This location has no charge %(charge_id)s.") % {"charge_id": charge_id}
            )
        messages = _reversible_messages(charge, external_id)
        paid = messages.aggregate(
            all=Sum("credits", default=0), contract=Sum("contract_credits", default=0)
        )
        lapsed = paid["contract"] if _is_of_earlier_term(charge) else 0
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
            fingerprint=fingerprint,
            reason=reason,
            reference=reference,
            created_by_id=created_by.pk if created_by else None,
            approved_by_id=approved_by.pk if approved_by else None,
        )
        messages.update(reversal_id=ids[0])
    return PostedEntry(Entry.objects.get(pk=ids[0]), replayed=False)


def _reversible_messages(
    charge: Charge, external_id: str | None
) -> QuerySet[ChatMessage] | QuerySet[InternationalMessage]:
    model = ChatMessage if charge.kind == ChargeKind.CHAT else InternationalMessage
    messages = model._default_manager.filter(charge=charge)
    if external_id is not None:
        messages = messages.filter(external_id=external_id)
        if not messages.exists():
            raise UnknownCharge(
                _("Charge %(pk)s has no message %(external_id)s.")
                % {"pk": charge.pk, "external_id": repr(external_id)}
            )
    paid = messages.filter(credits__gt=0)
    if not paid.exists():
        raise NothingToReverse(_("It cost nothing: there is nothing to give back."))
    open_messages = paid.filter(reversal__isnull=True)
    if not open_messages.exists():
        raise NothingToReverse(_("It has been reversed already: a charge is given back once."))
    return open_messages


def _is_of_earlier_term(charge: Charge) -> bool:
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
