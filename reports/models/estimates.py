import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, override

from locations.models import Channel, Location
from locations.models.jobs import UNFINISHED, Job, JobState


class LongEstimate(Job):
    """Results hold no phone number but those of the first invalid rows, for the requester alone."""

    task = "reports.tasks.price_long_estimate"
    has_personal_data = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=16)  # of the requester
    channel = models.CharField(max_length=5, choices=Channel)
    seconds = models.PositiveIntegerField(null=True)  # of each call
    is_file = models.BooleanField()  # uploaded, else pasted
    column = models.CharField(max_length=120, blank=True)  # the requested heading
    without_plus = models.BooleanField(default=False)
    list_file = models.CharField(max_length=200, blank=True)  # its name in the storage

    figures = models.JSONField(null=True)
    column_read = models.CharField(max_length=120, blank=True)
    repeated = models.PositiveIntegerField(default=0)
    invalid_numbers = models.JSONField(default=list)  # the first lines that cannot be sent to
    invalid_count = models.PositiveIntegerField(default=0)

    class Meta(Job.Meta):
        abstract = False
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                name="long_estimate_ready_has_figures",
                condition=(~Q(state=JobState.READY)) | Q(figures__isnull=False),
            ),
            models.CheckConstraint(
                name="long_estimate_over_has_time",
                condition=Q(state__in=UNFINISHED) | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["location", "requested_by", "-requested_at"],
                name="estimate_by_requester",
            ),
        ]

    def __str__(self) -> str:
        return f"Estimate {self.pk}"

    @property
    def message_language(self) -> str:
        return self.language

    def interrupted_message(self) -> str:
        with override(self.language):
            return gettext("The work on it was interrupted again and again. Try a shorter list.")
