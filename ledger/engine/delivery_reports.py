import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from ledger.engine.charge_requests import MAX_CLOCK_SKEW, MAX_MESSAGES, check_instant
from ledger.engine.posting import BadInput, check_text
from ledger.models import InternationalMessage, Outcome

UPDATED, OLDER, UNKNOWN = "updated", "older", "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    external_id: str
    status: str
    status_at: dt.datetime
    status_detail: str = ""


def record_reports(
    location_id: int, reports: Sequence[DeliveryReport], *, at: dt.datetime
) -> list[str]:
    """Store reports that come in any order, repeated or late; the newest status date wins.

    Returns updated, older or unknown (no charged message with this id) for each. Raises BadInput.
    """
    if not 1 <= len(reports) <= MAX_MESSAGES:
        raise BadInput("statuses", f"must be 1 to {MAX_MESSAGES:,} reports.")
    for number, item in enumerate(reports):
        _check(f"statuses[{number}]", item, at + MAX_CLOCK_SKEW)
    with transaction.atomic():
        external_ids = {item.external_id for item in reports}
        # Lock: of two concurrent reports of one message the later status date must win. Ordered
        # by id, so that two lists cannot deadlock.
        messages = {
            message.external_id: message
            for message in InternationalMessage.objects.select_for_update()
            .filter(location_id=location_id, outcome=Outcome.CHARGED, external_id__in=external_ids)
            .only("external_id", "status", "status_detail", "status_at")
            .order_by("pk")
        }
        results = []
        changed = {}
        for item in reports:
            message = messages.get(item.external_id)
            if message is None:
                results.append(UNKNOWN)
            elif message.status_at is not None and item.status_at <= message.status_at:
                results.append(OLDER)
            else:
                message.status = item.status
                message.status_detail = item.status_detail
                message.status_at = item.status_at
                changed[message.pk] = message
                results.append(UPDATED)
        InternationalMessage.objects.bulk_update(
            changed.values(), ["status", "status_detail", "status_at"], batch_size=1000
        )
    return results


def _check(path: str, item: DeliveryReport, latest: dt.datetime) -> None:
    check_text(f"{path}.external_id", item.external_id, max_length=120, required=True)
    check_text(f"{path}.status", item.status, max_length=40, required=True)
    check_text(f"{path}.status_detail", item.status_detail, max_length=300)
    check_instant(f"{path}.status_at", item.status_at, latest)
