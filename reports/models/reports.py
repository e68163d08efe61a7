import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from locations.models import Language, Location
from locations.models.jobs import UNFINISHED, Job, JobState


class ReportKind(models.TextChoices):
    INTERNATIONAL = "international", _("International Messages")
    TEXTS = "texts", _("International Messages, texts alone")
    CALLS = "calls", _("International Messages, calls alone")
    CHAT = "chat", _("Chat Messages")
    STATEMENT = "statement", _("Statement")


class ReportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel workbook (.xlsx)")
    CSV = "csv", _("Text with commas (.csv)")


class Report(Job):
    """A file for a range of the location's days, both ends included."""

    task = "reports.tasks.build_report"

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="reports", verbose_name=_("location")
    )
    kind = models.CharField(_("kind"), max_length=13, choices=ReportKind)
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    format = models.CharField(
        _("format"), max_length=4, choices=ReportFormat, default=ReportFormat.XLSX
    )
    masked = models.BooleanField(
        _("masked"),
        default=False,
        help_text=_("Phone numbers are masked in it: for the role of who asked."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=Language,
        default=Language.ENGLISH,
        help_text=_("Of its words, countries and headings: that of who asked."),
    )
    schedule = models.ForeignKey(
        "reports.ReportSchedule",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("schedule"),
    )
    announce = models.BooleanField(
        _("announce"), default=False, help_text=_("Mail a link when it is over.")
    )
    announced_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    credits = models.BigIntegerField(_("credits"), null=True, blank=True)
    file = models.CharField(
        _("file"), max_length=200, blank=True, help_text=_("Its name in the storage.")
    )
    size_bytes = models.PositiveBigIntegerField(_("size bytes"), null=True, blank=True)

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "first_on"], name="report_once_per_period"),
            models.CheckConstraint(
                name="report_range",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                name="report_language_known", condition=Q(language__in=Language.values)
            ),
            models.CheckConstraint(
                name="report_ready_has_file",
                condition=(~Q(state=JobState.READY)) | (~Q(file="") & Q(credits__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["finished_at"],
                condition=Q(announce=True, announced_at__isnull=True),
                name="report_to_announce",
            ),
            models.Index(fields=["location", "-requested_at"], name="report_by_location"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=UNFINISHED),
                name="report_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return _("%(kind)s, %(first_on)s to %(last_on)s") % {
            "kind": self.get_kind_display(),
            "first_on": self.first_on,
            "last_on": self.last_on,
        }

    @property
    def shows_numbers(self) -> bool:
        return not self.masked and self.kind != ReportKind.STATEMENT

    @property
    def message_language(self) -> str:
        return self.language

    def interrupted_message(self) -> str:
        # Stored in English and translated where it is shown; MAX_ATTEMPTS is two.
        return gettext_noop("Building it was interrupted 2 times.")
