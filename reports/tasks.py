"""Celery's side of reports: the row knows how far each one is, so a task may run twice or late."""

import uuid

from celery import shared_task
from django.utils import timezone

from reports import building, sweeping


@shared_task
def build_report(report_id: str) -> None:
    building.build(uuid.UUID(report_id), clock=timezone.now)


@shared_task
def sweep_reports() -> None:
    sweeping.sweep(at=timezone.now())
