"""Send the mails of alerts at least once: a worker that dies after sending sends twice."""

import datetime as dt
import logging
from smtplib import SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, override

from locations.formatting.dates import format_short_date
from locations.formatting.numbers import format_credits
from locations.permissions import detail_readers
from reports.models import Alert, AlertMail, Level

FIRST_RETRY_DELAY = dt.timedelta(minutes=5)
MAX_RETRY_DELAY = dt.timedelta(hours=6)
MAX_ATTEMPTS = 20  # about four days
SMTP_TIMEOUT_SECONDS = 10
MAX_FAILURES_PER_RUN = 3  # then the mail server is taken to be down until the next run

log = logging.getLogger(__name__)


def send_due_mails(*, at: dt.datetime) -> int:
    due = AlertMail.objects.filter(next_try_at__lte=at).order_by("next_try_at", "pk")
    sent = failures = 0
    for pk in list(due.values_list("pk", flat=True)):
        was_sent = send_alert_mail(pk, at=at)
        sent += was_sent is True
        failures += was_sent is False
        if failures >= MAX_FAILURES_PER_RUN:
            break
    return sent


def send_alert_mail(pk: int, *, at: dt.datetime) -> bool | None:
    """Whether it was sent; None if another worker claimed it, or it no longer applies."""
    mail = AlertMail.objects.select_related("alert__location", "user").get(pk=pk)
    # Counting the attempt claims it: of two workers one updates the row.
    claimed = AlertMail.objects.filter(pk=pk, attempts=mail.attempts, next_try_at__lte=at).update(
        attempts=F("attempts") + 1, next_try_at=at + retry_delay(mail.attempts)
    )
    if not claimed:
        return None
    if reason := _reason_to_drop(mail):
        AlertMail.objects.filter(pk=pk).update(next_try_at=None, error=reason)
        return None
    try:
        build_message(mail).send()
    # Any error of the mail backend: it must not stop the other mails.
    except Exception as error:
        _record_failure(mail, error)
        return False
    AlertMail.objects.filter(pk=pk).update(sent_at=at, next_try_at=None, error="")
    return True


def retry_delay(attempts: int) -> dt.timedelta:
    return min(MAX_RETRY_DELAY, FIRST_RETRY_DELAY * 2 ** min(attempts, 10))


def _reason_to_drop(mail: AlertMail) -> str:
    alert = Alert.objects.get(pk=mail.alert_id)
    if not alert.is_on:
        return gettext_noop("The alert was turned off.")
    if alert.level != mail.level:
        return gettext_noop("The balance, or the limits, had changed before it could be sent.")
    if not detail_readers(mail.alert.location).filter(pk=mail.user_id).exists():
        return gettext_noop("This person may not see the location any more.")
    return ""


def _record_failure(mail: AlertMail, error: Exception) -> None:
    # Without the server's message, which may name an address.
    text = type(error).__name__
    if isinstance(error, SMTPResponseException):
        text = f"{text} {error.smtp_code}"
    elif isinstance(error, OSError) and error.errno:
        text = f"{text} {error.errno}"
    log.warning("alert mail %s was not sent: %s", mail.pk, text)
    AlertMail.objects.filter(pk=mail.pk).update(error=text)
    if mail.attempts + 1 >= MAX_ATTEMPTS:
        AlertMail.objects.filter(pk=mail.pk).update(next_try_at=None)


def build_message(mail: AlertMail) -> EmailMultiAlternatives:
    with override(mail.user.reads):
        return _build_message(mail)


def _build_message(mail: AlertMail) -> EmailMultiAlternatives:
    location = mail.alert.location
    context = {
        "mail": mail,
        "location": location,
        "page": settings.PUBLIC_URL + reverse("credit-usage", args=[location.pk]),
        "buy_page": settings.PUBLIC_URL + reverse("request-credits", args=[location.pk]),
        "settings_page": settings.PUBLIC_URL + reverse("alerts", args=[location.pk]),
    }
    kind = "out" if mail.level == Level.OUT else "low"
    message = EmailMultiAlternatives(
        subject=build_subject(mail),
        body=render_to_string(f"reports/alerts/mail/{kind}.txt", context),
        to=[mail.user.email],
        connection=get_connection(timeout=SMTP_TIMEOUT_SECONDS),
    )
    html = render_to_string(f"reports/alerts/mail/{kind}.html", context)
    message.attach_alternative(html, "text/html")
    return message


def build_subject(mail: AlertMail) -> str:
    name = " ".join(str(mail.alert.location).split())  # headers must have no line breaks
    if mail.level == Level.OUT:
        return _("%(location)s: no credits left") % {"location": name}
    if mail.is_about_credits:
        text = ngettext(
            "%(location)s: %(credits)s credit left",
            "%(location)s: %(credits)s credits left",
            mail.available,
        )
        return text % {"location": name, "credits": format_credits(mail.available)}
    if mail.runs_out_on is None:  # not reached: a row has one of the two
        return _("%(location)s: credits are running low") % {"location": name}
    return _("%(location)s: credits last until about %(day)s") % {
        "location": name,
        "day": format_short_date(mail.runs_out_on),
    }
