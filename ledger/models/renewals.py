from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models import Location

MAX_ERROR_LENGTH = 300


class RenewalFailure(models.Model):
    """A series of failed attempts to renew a location; resolved when one succeeds."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="renewal_failures",
        verbose_name=_("location"),
    )
    first_failed_at = models.DateTimeField(_("first at"))
    last_failed_at = models.DateTimeField(_("last at"))
    attempts = models.PositiveIntegerField(_("tries"), default=1)
    error = models.CharField(
        _("error"), max_length=MAX_ERROR_LENGTH, help_text=_("Of the last try.")
    )
    resolved_at = models.DateTimeField(_("over at"), null=True, blank=True)

    class Meta:
        verbose_name = _("renewal failure")
        verbose_name_plural = _("renewal failures")
        ordering = ["-last_failed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["location"],
                condition=Q(resolved_at__isnull=True),
                name="renewal_failure_open_once",
            ),
            models.CheckConstraint(name="renewal_failure_has_error", condition=~Q(error="")),
        ]

    def __str__(self) -> str:
        return f"{self.location}: {self.error}"
