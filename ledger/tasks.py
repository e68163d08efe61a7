"""Celery tasks of the ledger. Credits never depend on them: see `ledger.engine.renewals`."""

import logging

from celery import shared_task
from django.utils import timezone

from ledger.engine import holds, renewals
from ledger.engine.renewal_failures import renew_or_record_failure, resolve_failures
from ledger.impact import rate_card_impact
from ledger.verification import requests, verify

logger = logging.getLogger(__name__)


@shared_task
def renew_due_locations() -> None:
    at = timezone.now()
    for location_id in renewals.location_ids_due(at):
        # An error of one location must not stop the renewals of the others.
        renew_or_record_failure(location_id, at=at)
    resolve_failures(at=at)


@shared_task
def record_expired_holds() -> None:
    if number := holds.expire_holds(at=timezone.now()):
        logger.info("Recorded %s expired holds", number)


@shared_task
def verify_ledger() -> None:
    """Verify all locations and save the results for the health page."""
    started_at = timezone.now()
    verified = verify.verify_snapshot()
    run = verify.record_run(verified, started_at=started_at, finished_at=timezone.now())
    for breach in verified.breaches:
        logger.error("Rule %s, %s: location %s", breach.rule, breach.check, breach.location_id)
    logger.info("Verified %s locations, %s breaches", run.locations, run.breaches)


@shared_task(ignore_result=True)
def calculate_rate_card_impact(impact_id: int) -> None:
    rate_card_impact.run_impact(impact_id, clock=timezone.now)


@shared_task(ignore_result=True)
def verify_on_request(request_id: int) -> None:
    requests.run_verification(request_id, clock=timezone.now)
