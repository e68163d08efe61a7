"""What a worker does for somebody who waits: the row, not the queue, knows how far it is."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class WorkState(models.TextChoices):
    WAITING = "waiting", _("Waits for an answer")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class WorkQuerySet(models.QuerySet[Any]):
    def lost(self) -> "WorkQuerySet":
        """What a worker began and does not go on with, by the database's clock."""
        return self.filter(state=WorkState.RUNNING, leased_until__lt=Now())

    def claimable(self, most_attempts: int) -> "WorkQuerySet":
        lost = Q(state=WorkState.RUNNING, leased_until__lt=Now(), attempts__lt=most_attempts)
        return self.filter(Q(state=WorkState.QUEUED) | lost)


class Work(models.Model):
    """A task that runs twice, late or never does no harm: see `locations.jobs`."""

    state = models.CharField(_("state"), max_length=9, choices=WorkState, default=WorkState.QUEUED)
    asked_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    # Whoever works renews the lease; when it has run out, another may start over.
    leased_until = models.DateTimeField(_("leased until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_total = models.PositiveIntegerField(_("rows total"), null=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        return self.state == WorkState.READY

    @property
    def is_unfinished(self) -> bool:
        return self.state in (WorkState.QUEUED, WorkState.RUNNING)
