"""The mails of alerts: sent from their own rows, and tried again until they are gone.

A try is claimed by counting it, in one statement: of two workers one sends. A worker that dies
between sending and writing that down makes one mail come twice, never none.
"""

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

FIRST_RETRY = dt.timedelta(minutes=5)
LONGEST_RETRY = dt.timedelta(hours=6)
MOST_ATTEMPTS = 20  # about four days
SERVER_SECONDS = 10
MOST_FAILURES_A_RUN = 3  # then the mail server is down: the rest waits for the next run

log = logging.getLogger(__name__)


def send_waiting(*, at: dt.datetime) -> int:
    """Send what is due; how many went out."""
    due = AlertMail.objects.filter(next_try_at__lte=at).order_by("next_try_at", "pk")
    sent = failures = 0
    for pk in list(due.values_list("pk", flat=True)):
        gone = send(pk, at=at)
        sent += gone is True
        failures += gone is False
        if failures >= MOST_FAILURES_A_RUN:
            break
    return sent


def send(pk: int, *, at: dt.datetime) -> bool | None:
    """Whether it went out; None where another worker has it, or nobody needs it any more."""
    mail = AlertMail.objects.select_related("alert__location", "user").get(pk=pk)
    claimed = AlertMail.objects.filter(pk=pk, attempts=mail.attempts, next_try_at__lte=at).update(
        attempts=F("attempts") + 1, next_try_at=at + pause_after(mail.attempts)
    )
    if not claimed:
        return None
    unwanted = _why_unwanted(mail)
    if unwanted:
        _give_up(mail, unwanted)
        return None
    try:
        message_of(mail).send()
    # Whatever the mail backend raises: it must not keep the other mails from going out.
    except Exception as problem:
        _note_failure(mail, problem)
        return False
    AlertMail.objects.filter(pk=pk).update(sent_at=at, next_try_at=None, error="")
    return True


def pause_after(attempts: int) -> dt.timedelta:
    """Until the next try, after so many before this one: 5 minutes, doubling up to 6 hours."""
    return min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempts, 10))


def _why_unwanted(mail: AlertMail) -> str:
    """What happened since the crossing that makes this mail wrong; empty if nothing did."""
    alert = Alert.objects.get(pk=mail.alert_id)
    if not alert.is_on:
        return gettext_noop("The alert was turned off.")
    if alert.level != mail.level:
        return gettext_noop("The balance, or the limits, had changed before it could be sent.")
    if not detail_readers(mail.alert.location).filter(pk=mail.user_id).exists():
        return gettext_noop("This person may not see the location any more.")
    return ""


def _give_up(mail: AlertMail, why: str) -> None:
    AlertMail.objects.filter(pk=mail.pk).update(next_try_at=None, error=why)


def _note_failure(mail: AlertMail, problem: Exception) -> None:
    """Keep what went wrong, without what the server wrote: that may name an address."""
    words = type(problem).__name__
    if isinstance(problem, SMTPResponseException):
        words = f"{words} {problem.smtp_code}"
    elif isinstance(problem, OSError) and problem.errno:
        words = f"{words} {problem.errno}"
    log.warning("alert mail %s was not sent: %s", mail.pk, words)
    AlertMail.objects.filter(pk=mail.pk).update(error=words)
    if mail.attempts + 1 >= MOST_ATTEMPTS:
        AlertMail.objects.filter(pk=mail.pk).update(next_try_at=None)


def message_of(mail: AlertMail) -> EmailMultiAlternatives:
    """The mail in the language of who gets it."""
    with override(mail.user.reads):
        return _message_of(mail)


def _message_of(mail: AlertMail) -> EmailMultiAlternatives:
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
        subject=subject_of(mail),
        body=render_to_string(f"reports/alerts/mail/{kind}.txt", context),
        to=[mail.user.email],
        connection=get_connection(timeout=SERVER_SECONDS),
    )
    html = render_to_string(f"reports/alerts/mail/{kind}.html", context)
    message.attach_alternative(html, "text/html")
    return message


def subject_of(mail: AlertMail) -> str:
    """Location first, then what: the two things that a list of mails shows."""
    name = " ".join(str(mail.alert.location).split())  # no line break gets into a header
    if mail.level == Level.OUT:
        return _("%(location)s: no credits left") % {"location": name}
    if mail.is_about_credits:
        words = ngettext(
            "%(location)s: %(credits)s credit left",
            "%(location)s: %(credits)s credits left",
            mail.available,
        )
        return words % {"location": name, "credits": format_credits(mail.available)}
    if mail.runs_out_on is None:  # a row that says neither is not written
        return _("%(location)s: credits are running low") % {"location": name}
    return _("%(location)s: credits last until about %(day)s") % {
        "location": name,
        "day": format_short_date(mail.runs_out_on),
    }
