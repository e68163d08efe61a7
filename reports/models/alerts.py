from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from locations.models.audit import audited

MAX_BELOW_CREDITS = 1_000_000_000
MAX_BELOW_DAYS = 365


class Level(models.IntegerChoices):
    """How bad it is; the order matters."""

    CLEAR = 0, _("Above the limits")
    LOW = 1, _("Below a limit")
    OUT = 2, _("Out of credits")


@audited(exclude=["level", "level_since", "seen_number", "mailed_at", "out_mailed_at"])
class Alert(models.Model):
    """`level` is what members were notified of; see `reports.alerts.evaluate`."""

    location = models.OneToOneField(
        Location, on_delete=models.PROTECT, related_name="alert", verbose_name=_("location")
    )
    is_on = models.BooleanField(_("on"), default=True)
    below_credits = models.PositiveIntegerField(
        _("below credits"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_BELOW_CREDITS)],
        help_text=_("Tell when fewer credits are available."),
    )
    below_days = models.PositiveSmallIntegerField(
        _("below days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_BELOW_DAYS)],
        help_text=_("Tell when the credits last for fewer days at the recent pace."),
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("members")
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("set by"),
    )
    set_at = models.DateTimeField(_("set at"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.CLEAR)
    level_since = models.DateTimeField(_("level since"), null=True, blank=True)
    # Entries up to this number have been looked at: purchases and renewals after it re-arm.
    seen_number = models.BigIntegerField(_("seen number"), default=0)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)
    out_mailed_at = models.DateTimeField(_("out mailed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["location"]
        constraints = [
            models.CheckConstraint(
                name="alert_on_has_a_limit",
                condition=Q(is_on=False)
                | Q(below_credits__isnull=False)
                | Q(below_days__isnull=False),
                violation_error_message=_("An alert that is on needs a limit."),
            ),
            models.CheckConstraint(
                name="alert_limits",
                condition=(Q(below_credits__isnull=True) | Q(below_credits__gte=1))
                & (Q(below_days__isnull=True) | Q(below_days__gte=1)),
            ),
        ]

    def __str__(self) -> str:
        return _("Alert of %(location)s") % {"location": self.location}


class AlertMail(models.Model):
    """Without `next_try_at` it was sent, or given up for the reason in `error`."""

    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="mails", verbose_name=_("alert")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), choices=[(Level.LOW, Level.LOW.label), (Level.OUT, Level.OUT.label)]
    )
    crossed_at = models.DateTimeField(_("crossed at"))
    available = models.BigIntegerField(_("available"))
    runs_out_on = models.DateField(_("runs out on"), null=True, blank=True)
    days_left = models.PositiveIntegerField(_("days left"), null=True, blank=True)
    below_credits = models.PositiveIntegerField(_("below credits"), null=True, blank=True)
    below_days = models.PositiveSmallIntegerField(_("below days"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("alert mail")
        verbose_name_plural = _("alert mails")
        ordering = ["-crossed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "user", "crossed_at"], name="alert_mail_once_per_crossing"
            ),
            models.CheckConstraint(
                name="alert_mail_sent_is_done",
                condition=Q(sent_at__isnull=True) | Q(next_try_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="alert_mail_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}, {self.crossed_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        return self.next_try_at is not None

    @property
    def is_about_credits(self) -> bool:
        """Whether the limit of credits was crossed, not only that of days."""
        return self.below_credits is not None and self.available < self.below_credits
