"""Mail a link to reset a lost password."""

import datetime as dt
import logging

from celery import current_app
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import override
from kombu.exceptions import OperationalError

from locations.models import User

MAIL_TASK = "locations.tasks.mail_reset_link"
MIN_INTERVAL = dt.timedelta(minutes=5)  # between two mails to one address

log = logging.getLogger(__name__)


def request_link(email: str, *, at: dt.datetime) -> None:
    """Queue the mail without looking the address up, so that the time taken reveals nothing.

    Without a broker it is mailed at once.
    """
    try:
        current_app.send_task(MAIL_TASK, args=[email], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("a link for a lost password is mailed without the worker: %s", error)
        mail_link(email, at=at)


def mail_link(email: str, *, at: dt.datetime) -> bool:
    """Mail the link if an active user with a password has the address; returns whether sent."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None or not user.has_usable_password():
        return False
    # Checked in the UPDATE, so that of two concurrent requests one is mailed.
    due = Q(reset_mailed_at__isnull=True) | Q(reset_mailed_at__lte=at - MIN_INTERVAL)
    if not User.objects.filter(due, pk=user.pk).update(reset_mailed_at=at):
        return False
    path = reverse(
        "new-password",
        args=[
            urlsafe_base64_encode(force_bytes(user.pk)),
            default_token_generator.make_token(user),
        ],
    )
    context = {
        "user": user,
        "link": f"{settings.PUBLIC_URL}{path}",
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    with override(user.reads):
        mail = EmailMultiAlternatives(
            subject=render_to_string("locations/users/mail/reset_subject.txt", context).strip(),
            body=render_to_string("locations/users/mail/reset.txt", context),
            to=[user.email],
        )
        html = render_to_string("locations/users/mail/reset.html", context)
    mail.attach_alternative(html, "text/html")
    mail.send()
    return True
