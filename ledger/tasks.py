"""Periodic work on the ledger. Credits never depend on it: see `ledger.engine.renewals`."""

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
    """Make up every renewal that is due, so that balances are right before somebody looks."""
    at = timezone.now()
    for location_id in renewals.location_ids_due(at):
        # One location's fault must not keep the others from their credits.
        renew_or_record_failure(location_id, at=at)
    resolve_failures(at=at)


@shared_task
def write_down_expired_holds() -> None:
    """Mark holds whose time is over; whoever reads one before knows it without the mark."""
    if number := holds.expire_holds(at=timezone.now()):
        logger.info("Wrote down %s expired holds", number)


@shared_task
def verify_ledger() -> None:
    """Prove the ledger of every location, and keep what was found for the health page."""
    started_at = timezone.now()
    verified = verify.look()
    run = verify.keep(verified, started_at=started_at, finished_at=timezone.now())
    for breach in verified.breaches:
        logger.error("Rule %s, %s: location %s", breach.rule, breach.check, breach.location_id)
    logger.info("Verified %s locations, %s breaches", run.locations, run.breaches)


@shared_task(ignore_result=True)
def calculate_rate_card_impact(impact_id: int) -> None:
    """Somebody wants to know what a draft would do."""
    rate_card_impact.calculate(impact_id, clock=timezone.now)


@shared_task(ignore_result=True)
def sweep_rate_card_impacts() -> None:
    """Queue again what nobody calculates; fail what was interrupted too often."""
    rate_card_impact.sweep(at=timezone.now())


@shared_task(ignore_result=True)
def verify_as_asked(request_id: int) -> None:
    """Somebody wants to know now."""
    requests.carry_out(request_id, clock=timezone.now)


@shared_task(ignore_result=True)
def sweep_verification_requests() -> None:
    """Queue again what nobody verifies; fail what was interrupted too often."""
    requests.sweep(at=timezone.now())
