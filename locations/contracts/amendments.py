import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from locations.db.errors import get_error_message, get_guard
from locations.models import Contract, DebtAtRenewal, Location, RateCardSeries

# The form field to mark when a guard of the database refuses.
FIELD_BY_GUARD = {
    "contract_no_overlap": "starts_on",
    "contract_starts_in_reason": "starts_on",
    "contract_after_settled_terms": "starts_on",
    "contract_ends_after_start": "ends_on",
    "contract_ended_stays_ended": "ends_on",
    "contract_term_months": "term_months",
    "contract_included_credits": "included_credits",
    "contract_overdraft_limit": "overdraft_limit",
}


class ContractRefused(ValidationError):
    pass


@dataclass(frozen=True, slots=True)
class ContractGap:
    """Local days [starts_on, ends_on) between two contracts."""

    starts_on: dt.date
    ends_on: dt.date

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days


def enter_contract(
    location: Location,
    *,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    term_months: int = 12,
    included_credits: int,
    overdraft_limit: int = 0,
    rate_card_series: RateCardSeries | None = None,
    debt_at_renewal: str = DebtAtRenewal.WRITE_OFF,
    reference: str = "",
) -> Contract:
    """Add a contract, and end an open one before it on its first day. Raises ContractRefused."""
    contract = Contract(
        location=location,
        starts_on=starts_on,
        ends_on=ends_on,
        term_months=term_months,
        included_credits=included_credits,
        overdraft_limit=overdraft_limit,
        rate_card_series=rate_card_series,
        debt_at_renewal=debt_at_renewal,
        reference=reference,
    )
    _check_fields(contract)
    with transaction.atomic():
        # Lock: two contracts entered at once would both end the one before them.
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
        before = find_superseded(contract)
        _check_overlap(contract, ignoring=before)
        try:
            with transaction.atomic():
                if before is not None:
                    before.ends_on = starts_on
                    before.save(update_fields=["ends_on"])
                contract.save(force_insert=True)
        except DatabaseError as error:
            # Every conflict can be solved by another first day.
            raise _to_refusal(error, default="starts_on") from error
    return contract


def amend_contract(contract: Contract, fields: Collection[str]) -> Contract:
    """Save these fields; included credits apply from the next renewal. Raises ContractRefused."""
    if not fields:
        return contract
    _check_fields(contract)
    with transaction.atomic():
        Location.objects.select_for_update(no_key=True).get(pk=contract.location_id)
        _check_overlap(contract)
        try:
            with transaction.atomic():
                contract.save(update_fields=list(fields))
        except DatabaseError as error:
            days = [name for name in ("ends_on", "starts_on", "term_months") if name in fields]
            raise _to_refusal(error, default=days[0] if days else None) from error
    return contract


def find_superseded(contract: Contract) -> Contract | None:
    return (
        Contract.objects.filter(
            location_id=contract.location_id, ends_on=None, starts_on__lt=contract.starts_on
        )
        .exclude(pk=contract.pk)
        .first()
    )


def find_gaps(contract: Contract) -> list[ContractGap]:
    others = Contract.objects.filter(location_id=contract.location_id).exclude(pk=contract.pk)
    before = others.filter(starts_on__lt=contract.starts_on).order_by("-starts_on").first()
    gaps = []
    if before is not None and before.ends_on and before.ends_on < contract.starts_on:
        gaps.append(ContractGap(before.ends_on, contract.starts_on))
    if contract.ends_on is not None:
        after = others.filter(starts_on__gt=contract.ends_on).order_by("starts_on").first()
        is_followed = others.filter(starts_on=contract.ends_on).exists()
        if after is not None and not is_followed:
            gaps.append(ContractGap(contract.ends_on, after.starts_on))
    return gaps


def _check_fields(contract: Contract) -> None:
    try:
        contract.clean_fields()
    except ValidationError as error:
        raise ContractRefused(error.message_dict) from error
    if not dt.date(2000, 1, 1) <= contract.starts_on < dt.date(2200, 1, 1):
        raise ContractRefused({"starts_on": _("A contract starts between 2000 and 2199.")})
    if contract.ends_on is not None and contract.ends_on <= contract.starts_on:
        raise ContractRefused({"ends_on": _("A contract ends after its first day.")})


def _check_overlap(contract: Contract, ignoring: Contract | None = None) -> None:
    others = Contract.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=contract.starts_on), location_id=contract.location_id
    ).exclude(pk=contract.pk)
    if contract.ends_on is not None:
        others = others.filter(starts_on__lt=contract.ends_on)
    if ignoring is not None:
        others = others.exclude(pk=ignoring.pk)
    other = others.order_by("starts_on").first()
    if other is None:
        return
    reference = f" ({other.reference})" if other.reference else ""
    if other.starts_on > contract.starts_on:
        raise ContractRefused(
            {
                "ends_on": _(
                    "Another contract of this location%(named)s starts on %(starts_on)s: end this "
                    "one on that day or before it."
                )
                % {"starts_on": other.starts_on, "named": reference}
            }
        )
    if other.ends_on:
        message = _(
            "Another contract of this location%(named)s holds from %(starts_on)s until "
            "%(ends_on)s: start on %(ends_on)s or later, or end that one earlier first."
        )
    else:
        message = _(
            "Another contract of this location%(named)s holds from %(starts_on)s without an end: "
            "start after its first day, which ends it on yours, or end it first."
        )
    raise ContractRefused(
        {
            "starts_on": message
            % {"starts_on": other.starts_on, "ends_on": other.ends_on, "named": reference}
        }
    )


def _to_refusal(error: DatabaseError, *, default: str | None) -> ContractRefused:
    field = FIELD_BY_GUARD.get(get_guard(error), default)
    message = get_error_message(error)
    return ContractRefused({field: message}) if field else ContractRefused(message)
