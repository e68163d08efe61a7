import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from locations.calendar import add_months
from locations.models import Location
from locations.models.audit import audited
from reports.models.reports import ReportFormat, ReportKind

DAY = dt.timedelta(days=1)


class Every(models.TextChoices):
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")

    def starts_on(self, day: dt.date) -> dt.date:
        if self is Every.MONTH:
            return day.replace(day=1)
        return day - dt.timedelta(days=day.weekday())

    def ends_on(self, first_on: dt.date) -> dt.date:
        if self is Every.MONTH:
            return add_months(first_on, 1) - DAY
        return first_on + 6 * DAY


@audited(exclude=["covered_through_on"])
class ReportSchedule(models.Model):
    """Weeks begin on Monday. A stopped schedule is kept: its reports refer to it."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="report_schedules",
        verbose_name=_("location"),
    )
    kind = models.CharField(_("kind"), max_length=13, choices=ReportKind)
    format = models.CharField(
        _("format"), max_length=4, choices=ReportFormat, default=ReportFormat.XLSX
    )
    every = models.CharField(_("every"), max_length=5, choices=Every)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="received_report_schedules",
        verbose_name=_("recipients"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made at"))
    covered_through_on = models.DateField(
        _("covered through on"),
        help_text=_("The last day that was asked for; the next period begins on the day after."),
    )
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stopped by"),
    )

    class Meta:
        verbose_name = _("report schedule")
        verbose_name_plural = _("report schedules")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["covered_through_on"],
                condition=models.Q(stopped_at__isnull=True),
                name="report_schedule_going_on",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_every_display().lower()}"

    @property
    def next_period(self) -> tuple[dt.date, dt.date]:
        first_on = self.covered_through_on + DAY
        return first_on, Every(self.every).ends_on(first_on)

    @property
    def next_on(self) -> dt.date:
        return self.next_period[1] + DAY
