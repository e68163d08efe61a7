"""The base of every background job: the row, not the queue, holds its state."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MAX_ATTEMPTS = 2  # a job whose worker died is started once more


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
# The worker has stopped renewing the lease, by the database's clock: those of workers may differ.
LOST_LEASE = Q(state=JobState.RUNNING, leased_until__lt=Now())


class JobQuerySet(models.QuerySet[Any]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=UNFINISHED)

    def lost(self) -> "JobQuerySet":
        return self.filter(LOST_LEASE)

    def claimable(self) -> "JobQuerySet":
        return self.filter(Q(state=JobState.QUEUED) | LOST_LEASE & Q(attempts__lt=MAX_ATTEMPTS))


class Job(models.Model):
    """A task of a job may run twice, late or never: see `locations.jobs`."""

    task: ClassVar[str]  # the Celery task, called with the row's id
    has_personal_data: ClassVar[bool] = False  # then errors are logged without their text

    state = models.CharField(_("state"), max_length=9, choices=JobState, default=JobState.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    requested_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    # The worker renews the lease; once it has run out, another worker may start over.
    leased_until = models.DateTimeField(_("leased until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_total = models.PositiveIntegerField(_("rows total"), null=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        return self.state == JobState.READY

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def message_language(self) -> str:
        return str(self.requested_by.reads)

    def interrupted_message(self) -> str:
        return gettext("It was interrupted %s times.") % MAX_ATTEMPTS
