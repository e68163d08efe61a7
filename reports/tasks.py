"""Celery's side of reports: the row knows how far each one is, so a task may run twice or late."""

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
    """Somebody asked for this report; whichever's turn it is gets built.

    A task that found all places taken is lost: whoever ends a build wakes the next one.
    """
    if build.build_next(clock=timezone.now) is not None:
        requests.queue_waiting()
        notifications.announce(at=timezone.now())


@shared_task
def sweep_reports() -> None:
    report_cleanup.sweep(at=timezone.now())
    notifications.announce(at=timezone.now())


@shared_task
def ask_for_scheduled_reports() -> None:
    schedules.ask_due(at=timezone.now())


@shared_task
def evaluate_alerts() -> None:
    evaluate.evaluate_all_alerts(at=timezone.now())
    mails.send_due_mails(at=timezone.now())


@shared_task
def work_out_estimate(estimate_id: str) -> None:
    jobs.work_out(estimate_id, clock=timezone.now)


@shared_task
def sweep_estimates() -> None:
    estimate_cleanup.sweep(at=timezone.now())


@shared_task
def keep_paces() -> None:
    daily_rates.keep_up(at=timezone.now())
