from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models.audit import audited
from locations.models.jobs import Job, JobState
from locations.models.rate_cards import RateCard

WAITING = "waiting"  # until staff say what its columns mean
NOT_AUDITED = ["content", "columns", "prices", "problems", "problem_count", "emptied_at"]
NOT_AUDITED += ["state", "requested_at", "started_at", "finished_at", "leased_until", "attempts"]
NOT_AUDITED += ["rows_done", "rows_total", "failure"]


@audited(exclude=NOT_AUDITED)
class RateCardUpload(Job):
    """`prices` and `problems` are lists of lists: see `locations.rate_cards.uploads`."""

    task = "locations.tasks.read_rate_card_upload"

    state = models.CharField(
        _("state"),
        max_length=9,
        choices=[(WAITING, _("Waits for an answer")), *JobState.choices],
        default=JobState.QUEUED,
    )
    series_name = models.CharField(_("series"), max_length=80)
    effective_on = models.DateField(_("effective on"))
    file_name = models.CharField(_("file name"), max_length=200)
    content = models.BinaryField(_("content"))
    columns = models.JSONField(
        _("columns"), default=dict, help_text=_("What its columns mean; empty: to guess.")
    )
    prices = models.JSONField(_("prices"), default=list)
    problems = models.JSONField(_("problems"), default=list)
    problem_count = models.PositiveIntegerField(_("problem count"), default=0)
    emptied_at = models.DateTimeField(_("emptied at"), null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("applied by"),
    )
    applied_at = models.DateTimeField(_("applied at"), null=True)
    card = models.OneToOneField(
        RateCard,
        on_delete=models.SET_NULL,
        null=True,
        related_name="upload",
        verbose_name=_("card"),
    )

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("rate card upload")
        verbose_name_plural = _("rate card uploads")
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                name="upload_applied_has_who_and_when",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True, card__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, for {self.series_name}"
