"""Celery's side of people."""

from celery import shared_task
from django.utils import timezone

from locations import resetting, sessions


@shared_task(ignore_result=True)
def mail_reset_link(email: str) -> None:
    resetting.mail_link(email, at=timezone.now())


@shared_task(ignore_result=True)
def forget_ended_sessions() -> None:
    sessions.forget_ended(at=timezone.now())
