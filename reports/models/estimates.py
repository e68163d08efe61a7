"""Estimates of lists that are too long to be answered at once."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from locations.models import Channel, Location
from reports.models.reports import UNFINISHED, ReportState


class LongEstimate(models.Model):
    """A list that the worker prices for whoever asked, and what it found.

    The list is personal: it is a file in the storage for as long as it takes, and is deleted when
    the estimate is over. What is kept for some hours has no number in it but those of the first
    lines that cannot be sent to, shown to who asked and nobody else. Claimed like a report, whose
    states it has.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    language = models.CharField(max_length=16)  # of who asked
    channel = models.CharField(max_length=5, choices=Channel)
    seconds = models.PositiveIntegerField(null=True)  # of each call
    is_file = models.BooleanField()  # uploaded, else pasted
    column = models.CharField(max_length=120, blank=True)  # the heading that was asked for
    without_plus = models.BooleanField(default=False)
    list_file = models.CharField(max_length=200, blank=True)  # its name in the storage

    state = models.CharField(max_length=9, choices=ReportState, default=ReportState.QUEUED)
    started_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    # Lines read while nobody knows how many there are, then numbers priced of all.
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    figures = models.JSONField(null=True)
    column_read = models.CharField(max_length=120, blank=True)
    repeated = models.PositiveIntegerField(default=0)
    bad = models.JSONField(default=list)  # the first lines that cannot be sent to
    bad_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="long_estimate_ready_has_figures",
                condition=(~Q(state=ReportState.READY)) | Q(figures__isnull=False),
            ),
            models.CheckConstraint(
                name="long_estimate_over_has_time",
                condition=Q(state__in=UNFINISHED) | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["location", "asked_by", "-asked_at"], name="long_estimate_mine"),
        ]

    def __str__(self) -> str:
        return f"Estimate {self.pk}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED
