"""Purchases, adjustments, write-offs: credits that move by a person's decision."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.engine import posting, renewals
from ledger.engine.posting import BadInput, LedgerError
from ledger.models import Balance, Entry, EntryKind
from locations.contracts.terms import Term, load_terms
from locations.models import User

MAX_CREDITS = 100_000_000
BUCKETS = ("purchased", "contract")


class NotEnoughCredits(LedgerError):
    """An adjustment would take more than its bucket holds."""


class NothingToWriteOff(LedgerError):
    """The purchased credits are not below zero."""


class TermHasEnded(LedgerError):
    """The term that an adjustment is of does not run any more."""


@dataclass(frozen=True, slots=True)
class TermReference:
    """The running term of a contract, whose granted amount an adjustment changes."""

    contract_id: int
    starts_on: dt.date


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """The entry that a request made; `replayed` if an earlier one with the same key did."""

    entry: Entry
    replayed: bool


def purchase(
    location_id: int,
    credits: int,
    *,
    key: str,
    at: dt.datetime,
    reference: str,
    reason: str = "",
    created_by: User | None = None,
    approved_by: User | None = None,
) -> PostedEntry:
    """Add bought credits; they pay a debt first and are kept over renewals.

    `reference` is the order's or invoice's number. Raises BadInput, KeyReused and
    UnknownLocation.
    """
    posting.check_text("reference", reference, max_length=120, required=True)
    if not _is_whole(credits) or not 1 <= credits <= MAX_CREDITS:
        raise BadInput(
            "credits",
            _("must be a whole number from 1 to %(most_credits)s.")
            % {"most_credits": number_format(MAX_CREDITS)},
        )
    return _post(
        location_id,
        kind=EntryKind.PURCHASE,
        bucket="purchased",
        credits=credits,
        key=key,
        at=at,
        reason=reason,
        reference=reference,
        people=(created_by, approved_by),
    )


def adjust(
    location_id: int,
    credits: int,
    *,
    bucket: str = "purchased",
    key: str,
    at: dt.datetime,
    reason: str,
    reference: str = "",
    created_by: User | None = None,
    approved_by: User | None = None,
    of_term: TermReference | None = None,
) -> PostedEntry:
    """Add credits to a bucket or, below zero, take them from it, for a written reason.

    With `of_term` it says that a running term was granted another amount than it began with; see
    `ledger.requests.contract_changes`. Raises BadInput, NotEnough where the bucket holds less,
    TermHasEnded, KeyReused and UnknownLocation.
    """
    posting.check_text("reason", reason, max_length=500, required=True)
    posting.check_text("reference", reference, max_length=120)
    if bucket not in BUCKETS:
        raise BadInput("bucket", _("must be purchased or contract."))
    if not _is_whole(credits) or not 1 <= abs(credits) <= MAX_CREDITS:
        raise BadInput(
            "credits",
            _("must be a whole number other than 0, at most %(most_credits)s either way.")
            % {"most_credits": number_format(MAX_CREDITS)},
        )
    return _post(
        location_id,
        kind=EntryKind.ADJUSTMENT,
        bucket=bucket,
        credits=credits,
        key=key,
        at=at,
        reason=reason,
        reference=reference,
        people=(created_by, approved_by),
        of_term=of_term,
    )


def write_off(
    location_id: int,
    *,
    key: str,
    at: dt.datetime,
    reason: str,
    reference: str = "",
    created_by: User,
    approved_by: User | None = None,
) -> PostedEntry:
    """Lift purchased credits that are below zero to zero, before a renewal would.

    Raises BadInput, NothingToWriteOff, KeyReused and UnknownLocation.
    """
    posting.check_text("reason", reason, max_length=500, required=True)
    posting.check_text("reference", reference, max_length=120)
    return _post(
        location_id,
        kind=EntryKind.WRITE_OFF,
        bucket="purchased",
        credits=None,
        key=key,
        at=at,
        reason=reason,
        reference=reference,
        people=(created_by, approved_by),
    )


def _post(
    location_id: int,
    *,
    kind: EntryKind,
    bucket: str,
    credits: int | None,
    key: str,
    at: dt.datetime,
    reason: str,
    reference: str,
    people: tuple[User | None, User | None],
    of_term: TermReference | None = None,
) -> PostedEntry:
    """`credits` None: as many as lift the bucket to zero. `people` made it and approved it."""
    posting.check_key(key)
    posting.check_text("reason", reason, max_length=500)
    said: list[object] = [kind, bucket, credits, reason, reference]
    content = posting.fingerprint(
        [*said, of_term.contract_id, of_term.starts_on] if of_term else said
    )
    created_by, approved_by = people
    with transaction.atomic():
        renewals.renew_if_due(location_id, at=at)
        # The same key from two sides, or a charge that takes the credits which an adjustment
        # is about to take: both wait for this row.
        balance = Balance.objects.select_for_update().get(location_id=location_id)
        earlier = posting.get_entry_by_key(location_id, key, content)
        if earlier is not None:
            return PostedEntry(earlier, replayed=True)
        # A renewal may have come in between: look again, now that the row is ours.
        renewals.renew(location_id, at=at)
        balance.refresh_from_db()
        terms = load_terms(location_id)
        today = max(terms.local_day(at), balance.renewed_through_on or dt.date.min)
        if bucket == "contract" and terms.contract_on(today) is None:
            raise BadInput("bucket", _("the location has no contract in force: adjust purchased."))
        if of_term is not None and not _runs(of_term, terms.term_on(today)):
            raise TermHasEnded(
                _("The term from %(day)s has ended: what it was granted is past.")
                % {"day": of_term.starts_on}
            )
        held = balance.contract_credits if bucket == "contract" else balance.purchased_credits
        moved = -held if credits is None else credits
        if credits is None and moved <= 0:
            raise NothingToWriteOff(_("The purchased credits are not below zero."))
        if moved < 0 and held + moved < 0:
            raise NotEnoughCredits(_not_enough(bucket, held, moved))
        ids = posting.append(
            location_id,
            [
                posting.NewEntry(
                    kind=kind,
                    contract_delta=moved if bucket == "contract" else 0,
                    purchased_delta=moved if bucket == "purchased" else 0,
                    at=at,
                    day=today,
                    contract_id=of_term.contract_id if of_term else None,
                    term_starts_on=of_term.starts_on if of_term else None,
                )
            ],
            key=key,
            content=content,
            reason=reason,
            reference=reference,
            created_by_id=created_by.pk if created_by else None,
            approved_by_id=approved_by.pk if approved_by else None,
        )
    return PostedEntry(Entry.objects.get(pk=ids[0]), replayed=False)


def _runs(of_term: TermReference, term: Term | None) -> bool:
    return term is not None and (term.contract.pk, term.starts_on) == (
        of_term.contract_id,
        of_term.starts_on,
    )


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _not_enough(bucket: str, held: int, moved: int) -> str:
    if bucket == "contract":
        words = ngettext(
            "There is %(held)s contract credit: an adjustment of %(credits)s takes more.",
            "There are %(held)s contract credits: an adjustment of %(credits)s takes more.",
            abs(held),
        )
    else:
        words = ngettext(
            "There is %(held)s purchased credit: an adjustment of %(credits)s takes more.",
            "There are %(held)s purchased credits: an adjustment of %(credits)s takes more.",
            abs(held),
        )
    return words % {"held": number_format(held), "credits": number_format(moved)}
