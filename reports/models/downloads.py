import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.reports import Report


class ReportDownload(models.Model):
    """Recorded before the file is sent."""

    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, related_name="downloads", verbose_name=_("report")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="report_downloads",
        verbose_name=_("user"),
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("report download")
        verbose_name_plural = _("report downloads")
        ordering = ["-at", "-pk"]
        triggers = [
            pgtrigger.Protect(
                name="download_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} by {self.user}"
