"""Delivery reports: what became of international messages after they were sent."""

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
    """The status of a message, by the caller's external id, as of an instant (aware UTC)."""

    external_id: str
    status: str
    status_at: dt.datetime
    status_detail: str = ""


def record_reports(
    location_id: int, reports: Sequence[DeliveryReport], *, at: dt.datetime
) -> list[str]:
    """Take delivery reports in any order, repeated or late; the newest status date wins.

    Answers for each, in order: updated, older (a newer or the same status is known), unknown
    (no charged international message of the location has this id). Raises BadInput.
    """
    if not 1 <= len(reports) <= MAX_MESSAGES:
        raise BadInput("statuses", f"must be 1 to {MAX_MESSAGES:,} reports.")
    for number, item in enumerate(reports):
        _check(f"statuses[{number}]", item, at + MAX_CLOCK_SKEW)
    with transaction.atomic():
        wanted = {item.external_id for item in reports}
        # Two reports of one message at once: the later status date must win, whoever is last.
        # Locked in the order of their ids, so that two lists cannot wait for each other.
        messages = {
            message.external_id: message
            for message in InternationalMessage.objects.select_for_update()
            .filter(location_id=location_id, outcome=Outcome.CHARGED, external_id__in=wanted)
            .only("external_id", "status", "status_detail", "status_at")
            .order_by("pk")
        }
        answers = []
        changed = {}
        for item in reports:
            message = messages.get(item.external_id)
            if message is None:
                answers.append(UNKNOWN)
            elif message.status_at is not None and item.status_at <= message.status_at:
                answers.append(OLDER)
            else:
                message.status = item.status
                message.status_detail = item.status_detail
                message.status_at = item.status_at
                changed[message.pk] = message
                answers.append(UPDATED)
        InternationalMessage.objects.bulk_update(
            changed.values(), ["status", "status_detail", "status_at"], batch_size=1000
        )
    return answers


def _check(where: str, item: DeliveryReport, latest: dt.datetime) -> None:
    check_text(f"{where}.external_id", item.external_id, max_length=120, required=True)
    check_text(f"{where}.status", item.status, max_length=40, required=True)
    check_text(f"{where}.status_detail", item.status_detail, max_length=300)
    check_instant(f"{where}.status_at", item.status_at, latest)
