import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.engine import posting, renewals
from ledger.engine.posting import BadInput, LedgerError, PostedEntry
from ledger.models import Balance, Entry, EntryKind
from locations.contracts.terms import Term, load_terms
from locations.models import User

MAX_CREDITS = 100_000_000
BUCKETS = ("purchased", "contract")


class NotEnoughCredits(LedgerError):
    """An adjustment would take more than the bucket has."""


class NothingToWriteOff(LedgerError):
    """The purchased credits are not below zero."""


class TermHasEnded(LedgerError):
    """The term that an adjustment refers to has ended."""


@dataclass(frozen=True, slots=True)
class TermReference:
    """The running term whose granted credits an adjustment changes."""

    contract_id: int
    starts_on: dt.date


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
    """Add purchased credits; they pay a debt first. `reference` is the order or invoice.

    Raises BadInput, KeyReused and UnknownLocation.
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
    term: TermReference | None = None,
) -> PostedEntry:
    """Add credits to a bucket, or take them where `credits` is negative.

    `term` is the running term whose granted amount this changes. Raises BadInput,
    NotEnoughCredits, TermHasEnded, KeyReused and UnknownLocation.
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
        term=term,
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
    """Raise negative purchased credits to zero, before a renewal does.

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
    term: TermReference | None = None,
) -> PostedEntry:
    posting.check_key(key)
    posting.check_text("reason", reason, max_length=500)
    content: list[object] = [kind, bucket, credits, reason, reference]
    if term:
        content += [term.contract_id, term.starts_on]
    fingerprint = posting.fingerprint(content)
    created_by, approved_by = people
    with transaction.atomic():
        renewals.renew_if_due(location_id, at=at)
        # Lock: a concurrent request with the same key, or a charge that spends the credits which
        # an adjustment takes, must wait.
        balance = Balance.objects.select_for_update().get(location_id=location_id)
        entry = posting.find_by_key(Entry, location_id, key, fingerprint)
        if entry is not None:
            return PostedEntry(entry, replayed=True)
        # A renewal may have become due before the lock was taken.
        renewals.renew(location_id, at=at)
        balance.refresh_from_db()
        terms = load_terms(location_id)
        today = max(terms.local_day(at), balance.renewed_through_on or dt.date.min)
        if bucket == "contract" and terms.contract_on(today) is None:
            raise BadInput("bucket", _("the location has no contract in force: adjust purchased."))
        if term is not None and not _is_running(term, terms.term_on(today)):
            raise TermHasEnded(
                _("The term from %(day)s has ended: what it was granted is past.")
                % {"day": term.starts_on}
            )
        in_bucket = balance.contract_credits if bucket == "contract" else balance.purchased_credits
        moved = -in_bucket if credits is None else credits
        if credits is None and moved <= 0:
            raise NothingToWriteOff(_("The purchased credits are not below zero."))
        if moved < 0 and in_bucket + moved < 0:
            raise NotEnoughCredits(_describe_shortfall(bucket, in_bucket, moved))
        ids = posting.append(
            location_id,
            [
                posting.NewEntry(
                    kind=kind,
                    contract_delta=moved if bucket == "contract" else 0,
                    purchased_delta=moved if bucket == "purchased" else 0,
                    at=at,
                    day=today,
                    contract_id=term.contract_id if term else None,
                    term_starts_on=term.starts_on if term else None,
                )
            ],
            key=key,
            fingerprint=fingerprint,
            reason=reason,
            reference=reference,
            created_by_id=created_by.pk if created_by else None,
            approved_by_id=approved_by.pk if approved_by else None,
        )
    return PostedEntry(Entry.objects.get(pk=ids[0]), replayed=False)


def _is_running(term: TermReference, running: Term | None) -> bool:
    return running is not None and (running.contract.pk, running.starts_on) == (
        term.contract_id,
        term.starts_on,
    )


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _describe_shortfall(bucket: str, in_bucket: int, moved: int) -> str:
    if bucket == "contract":
        text = ngettext(
            "There is %(held)s contract credit: an adjustment of %(credits)s takes more.",
            "There are %(held)s contract credits: an adjustment of %(credits)s takes more.",
            abs(in_bucket),
        )
    else:
        text = ngettext(
            "There is %(held)s purchased credit: an adjustment of %(credits)s takes more.",
            "There are %(held)s purchased credits: an adjustment of %(credits)s takes more.",
            abs(in_bucket),
        )
    return text % {"held": number_format(in_bucket), "credits": number_format(moved)}
