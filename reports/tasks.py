from celery import shared_task
from django.utils import timezone

from reports.alerts import evaluate, mails
from reports.estimates import cleanup as estimate_cleanup
from reports.estimates import jobs
from reports.exports import build, notifications, requests, schedules
from reports.exports import cleanup as report_cleanup
from reports.forecast import daily_rates


@shared_task
def build_report(report_id: str) -> None:
    """Build the next report in turn, which may be another one, and wake the one after it."""
    if build.build_next(clock=timezone.now) is not None:
        requests.enqueue_next()
        notifications.announce(at=timezone.now())


@shared_task
def price_long_estimate(estimate_id: str) -> None:
    jobs.run_long_estimate(estimate_id, clock=timezone.now)


@shared_task
def clean_up_jobs() -> None:
    # Lists of phone numbers first: an error in the other clean-up must not delay their deletion.
    estimate_cleanup.clean_up(at=timezone.now())
    report_cleanup.clean_up(at=timezone.now())


@shared_task
def announce_reports() -> None:
    notifications.announce(at=timezone.now())


@shared_task
def request_scheduled_reports() -> None:
    schedules.request_due_reports(at=timezone.now())


@shared_task
def evaluate_alerts() -> None:
    evaluate.evaluate_all_alerts(at=timezone.now())
    mails.send_due_mails(at=timezone.now())


@shared_task
def update_daily_rates() -> None:
    daily_rates.refresh_daily_rates(at=timezone.now())
