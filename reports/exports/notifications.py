import datetime as dt
import logging
import smtplib
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from locations.models import User
from locations.models.jobs import JobState
from locations.permissions import detail_readers
from reports.models import Report

# A mail that could not be sent for so long is not sent any more.
ANNOUNCE_WITHIN = dt.timedelta(days=2)
OVER = (JobState.READY, JobState.FAILED)

log = logging.getLogger(__name__)


def announce(*, at: dt.datetime) -> int:
    """Mail the links of finished reports, once each; a mail that fails is left for the next run."""
    waiting = Report.objects.filter(
        announce=True,
        announced_at__isnull=True,
        state__in=OVER,
        finished_at__gte=at - ANNOUNCE_WITHIN,
    )
    ids = waiting.order_by("finished_at").values_list("pk", flat=True)
    return sum(_announce(pk, at=at) for pk in ids)


def _announce(pk: uuid.UUID, *, at: dt.datetime) -> bool:
    with transaction.atomic():
        # Two workers at once: the second finds the row locked and leaves it to the first.
        report = (
            Report.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("location", "requested_by", "schedule")
            .filter(pk=pk, announced_at__isnull=True)
            .first()
        )
        if report is None:
            return False
        mails = []
        for person in _addressees(report):
            with override(person.reads):
                mails.append(_mail(report, person))
        try:
            mail.get_connection().send_messages(mails)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("report %s cannot be announced now: %s", report.pk, type(error).__name__)
            return False
        Report.objects.filter(pk=report.pk).update(announced_at=at)
        log.info("report %s is announced to %d", report.pk, len(mails))
    return True


def _addressees(report: Report) -> Iterable[User]:
    if report.schedule is None:
        return [report.requested_by]
    allowed = detail_readers(report.location).values("pk")
    return report.schedule.recipients.filter(pk__in=allowed)


def _mail(report: Report, person: User) -> mail.EmailMessage:
    ready = report.state == JobState.READY
    path = (
        reverse("report-download", args=[report.pk])
        if ready
        else reverse("reports", args=[report.location_id])
    )
    context = {
        "report": report,
        "person": person,
        "address": f"{settings.PUBLIC_URL}{path}",
        "retention_days": settings.REPORT_RETENTION_DAYS,
    }
    subject = _("%(report)s is ready") if ready else _("%(report)s could not be made")
    named = f"{report.get_kind_display()}, {report.location.name}"
    return mail.EmailMessage(
        subject=" ".join((subject % {"report": named}).split()),
        body=render_to_string("reports/exports/notification.txt", context),
        to=[person.email],
    )
