import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from locations.models.audit import audited
from locations.models.jobs import UNFINISHED, Job

NOT_AUDITED = ["state", "started_at", "finished_at", "leased_until", "attempts", "rows_done"]
NOT_AUDITED += ["rows_total", "failure", "run"]


class VerificationRun(models.Model):
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("location"),
        help_text=_("Empty: all."),
    )
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"))
    locations = models.PositiveIntegerField(_("locations"))
    entries = models.BigIntegerField(_("entries"))
    breaches = models.PositiveIntegerField(
        _("broken"), help_text=_("Of all locations, missing guards included.")
    )
    missing_guards = models.JSONField(
        _("missing guards"), default=list, help_text=_("What the database has lost.")
    )

    class Meta:
        verbose_name = _("verification run")
        verbose_name_plural = _("verification runs")
        ordering = ["-id"]
        permissions = [("verify", _("Can have the ledger verified now"))]

    def __str__(self) -> str:
        return f"Verification of {self.started_at:%Y-%m-%d %H:%M} UTC"

    @property
    def took(self) -> dt.timedelta:
        return self.finished_at - self.started_at


class Verification(models.Model):
    """The newest verification of a location: up to which entry, and what is broken."""

    location = models.OneToOneField(
        Location,
        on_delete=models.PROTECT,
        related_name="verification",
        verbose_name=_("location"),
    )
    run = models.ForeignKey(
        VerificationRun, on_delete=models.PROTECT, related_name="+", verbose_name=_("run")
    )
    at = models.DateTimeField(_("at"), help_text=_("The instant of the snapshot that was read."))
    through_number = models.BigIntegerField(
        _("through entry"), help_text=_("The location’s last entry in it; 0: none.")
    )
    breaches = models.JSONField(
        _("broken"), default=list, help_text=_("For each its rule, check and detail.")
    )

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["location__name"]

    def __str__(self) -> str:
        return f"{self.location}, {self.at:%Y-%m-%d %H:%M} UTC"


@audited(exclude=NOT_AUDITED)
class VerificationRequest(Job):
    task = "ledger.tasks.verify_on_request"

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("location"),
        help_text=_("Empty: all."),
    )
    run = models.OneToOneField(
        VerificationRun,
        on_delete=models.PROTECT,
        null=True,
        related_name="request",
        verbose_name=_("run"),
    )

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("verification request")
        verbose_name_plural = _("verification requests")
        ordering = ["-id"]
        constraints = [
            # Two clicks, two people: one of them under way is enough.
            models.UniqueConstraint(
                fields=["location"],
                condition=Q(state__in=UNFINISHED),
                nulls_distinct=False,
                name="verification_under_way_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Verification asked for at {self.requested_at:%Y-%m-%d %H:%M} UTC"
