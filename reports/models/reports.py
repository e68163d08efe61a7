"""Reports: workbooks that somebody asked for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from locations.models import Location


class ReportKind(models.TextChoices):
    INTERNATIONAL = "international", "International Messages"
    CHAT = "chat", "Chat Messages"
    STATEMENT = "statement", "Statement"


class ReportFormat(models.TextChoices):
    XLSX = "xlsx", "Excel workbook (.xlsx)"
    CSV = "csv", "Text with commas (.csv)"


class ReportState(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


UNFINISHED = (ReportState.QUEUED, ReportState.RUNNING)


class Report(models.Model):
    """A workbook for a range of the location's days, both ends included.

    The row, not the queue, knows how far it is: a task that runs twice, late or never does no
    harm. Its id is in its address, so it is a random one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=13, choices=ReportKind)
    first_on = models.DateField("from")
    last_on = models.DateField("to")
    format = models.CharField(max_length=4, choices=ReportFormat, default=ReportFormat.XLSX)
    masked = models.BooleanField(
        default=False, help_text="Phone numbers are masked in it: for the role of who asked."
    )
    state = models.CharField(max_length=9, choices=ReportState, default=ReportState.QUEUED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports"
    )
    asked_at = models.DateTimeField()
    schedule = models.ForeignKey(
        "reports.ReportSchedule",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
    )
    announce = models.BooleanField(default=False, help_text="Mail a link when it is over.")
    announced_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    # Whoever builds renews the lease; when it has run out, another may start over.
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True, blank=True)
    credits = models.BigIntegerField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    file = models.CharField(max_length=200, blank=True, help_text="Its name in the storage.")
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "first_on"], name="report_once_per_period"),
            models.CheckConstraint(
                name="report_range",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message="The last day must not be before the first.",
            ),
            models.CheckConstraint(
                name="report_ready_has_file",
                condition=(~Q(state=ReportState.READY)) | (~Q(file="") & Q(credits__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["finished_at"],
                condition=Q(announce=True, announced_at__isnull=True),
                name="report_to_announce",
            ),
            models.Index(fields=["location", "-asked_at"], name="report_by_location"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["queued", "running"]),
                name="report_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.first_on} to {self.last_on}"

    @property
    def shows_numbers(self) -> bool:
        return not self.masked and self.kind != ReportKind.STATEMENT

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED
