import datetime as dt
import logging

from django.db import transaction
from django.db.models import F

from ledger.engine import renewals
from ledger.models import Balance, RenewalFailure
from ledger.models.renewals import MAX_ERROR_LENGTH

logger = logging.getLogger(__name__)


def renew_or_record_failure(location_id: int, *, at: dt.datetime) -> list[dt.date] | RenewalFailure:
    """Return what `renewals.renew` returns, or the failure. Call it outside a transaction."""
    try:
        days = renewals.renew(location_id, at=at)
    except Exception as error:
        logger.exception("Renewing location %s failed", location_id)
        return _record_failure(location_id, error, at=at)
    logger.info("Renewed location %s: %s", location_id, ", ".join(map(str, days)) or "-")
    RenewalFailure.objects.filter(location_id=location_id, resolved_at=None).update(resolved_at=at)
    return days


def resolve_failures(*, at: dt.datetime) -> None:
    renewed = Balance.objects.exclude(renewals.is_renewal_due(at)).values("location")
    RenewalFailure.objects.filter(resolved_at=None, location__in=renewed).update(resolved_at=at)


def _record_failure(location_id: int, error: Exception, *, at: dt.datetime) -> RenewalFailure:
    first_line = str(error).strip().splitlines()[0] if str(error) else "-"
    message = f"{type(error).__name__}: {first_line}"[:MAX_ERROR_LENGTH]
    with transaction.atomic():
        failure, is_new = RenewalFailure.objects.get_or_create(
            location_id=location_id,
            resolved_at=None,
            defaults={
                "first_failed_at": at,
                "last_failed_at": at,
                "error": message,
            },
        )
        if not is_new:
            RenewalFailure.objects.filter(pk=failure.pk).update(
                last_failed_at=at, attempts=F("attempts") + 1, error=message
            )
            failure.refresh_from_db()
    return failure
