import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from locations.models.audit import audited


class Scope(models.TextChoices):
    READ = "read", _("Read balances and entries, ask for quotes")
    CHARGE = "charge", _("Charge, hold, report statuses, reverse")
    FUND = "fund", _("Record purchases")


@audited(exclude=["digest", "last_used_at"])
class ApiToken(models.Model):
    """A bearer token. The secret is shown once; only its digest is stored."""

    name = models.CharField(
        _("name"), max_length=120, help_text=_("Who uses it, like Broadcaster, production.")
    )
    digest = models.BinaryField(_("digest"), max_length=32, unique=True, editable=False)
    prefix = models.CharField(
        _("begins with"), max_length=12, editable=False, help_text=_("To tell it from others.")
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="api_tokens",
        help_text=_("The only location that exists for it. Empty: all of them."),
        verbose_name=_("location"),
    )
    scopes = ArrayField(models.CharField(max_length=6, choices=Scope), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    last_used_at = models.DateTimeField(
        _("last used at"), null=True, editable=False, help_text=_("Written at most once a minute.")
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(name="token_has_scopes", condition=Q(scopes__len__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name

    def is_expired(self, at: dt.datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at

    def covers(self, location_id: int) -> bool:
        return self.location_id is None or self.location_id == location_id
