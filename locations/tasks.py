from celery import shared_task
from django.utils import timezone

from locations import jobs
from locations.rate_cards import uploads
from locations.users import password_reset, sessions


@shared_task(ignore_result=True)
def mail_reset_link(email: str) -> None:
    password_reset.mail_link(email, at=timezone.now())


@shared_task(ignore_result=True)
def delete_expired_sessions() -> None:
    sessions.delete_expired(at=timezone.now())


@shared_task(ignore_result=True)
def read_rate_card_upload(upload_id: int) -> None:
    uploads.read_upload(upload_id, clock=timezone.now)


@shared_task(ignore_result=True)
def delete_old_rate_card_uploads() -> None:
    uploads.delete_old_uploads(at=timezone.now())


@shared_task(ignore_result=True)
def requeue_stale_jobs() -> None:
    jobs.requeue_stale_jobs(at=timezone.now())
