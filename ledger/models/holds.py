import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import Expression, Q
from django.utils.translation import gettext_lazy as _

from locations.models import CarrierType, Location
from locations.models.triggers import no_truncate


class HoldKind(models.TextChoices):
    CALL = "call", _("Call")
    AMOUNT = "amount", _("Amount")


class HoldState(models.TextChoices):
    # The docstring is part of the OpenAPI document.
    """`open` past its expiry is expired, whether or not the sweep has written it down."""

    OPEN = "open", _("Open")
    SETTLED = "settled", _("Settled")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Expired")
    REFUSED = "refused", _("Refused")


class OverRule(models.TextChoices):
    # What to do with a settlement that costs more than was held.
    REFUSE = "refuse", _("Refuse it")
    CAP = "cap", _("Charge what was held")
    OVERFLOW = "overflow", _("Charge it all within available credits and overdraft")


class HoldQuerySet(models.QuerySet["Hold"]):
    def open_at(self, at: dt.datetime | Expression) -> "HoldQuerySet":
        return self.filter(state=HoldState.OPEN, expires_at__gt=at)

    def overdue(self, at: dt.datetime) -> "HoldQuerySet":
        return self.filter(state=HoldState.OPEN, expires_at__lte=at)


class Hold(models.Model):
    """A refused hold sets nothing aside; it is stored as the result of its key."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="holds",
        db_index=False,  # hold_key_once begins with it
        verbose_name=_("location"),
    )
    key = models.CharField(_("idempotency key"), max_length=255)
    fingerprint = models.BinaryField(_("fingerprint"), max_length=32)
    kind = models.CharField(_("kind"), max_length=6, choices=HoldKind)
    credits = models.BigIntegerField(_("credits"))
    over_rule = models.CharField(
        _("over rule"), max_length=8, choices=OverRule, default=OverRule.REFUSE
    )
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    carrier_type = models.CharField(
        _("carrier type"), max_length=8, choices=CarrierType, blank=True
    )
    expected_seconds = models.IntegerField(_("expected seconds"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    expires_at = models.DateTimeField(_("expires at"))
    state = models.CharField(_("state"), max_length=8, choices=HoldState, default=HoldState.OPEN)
    refusal = models.CharField(_("refusal"), max_length=20, blank=True)
    available_before = models.BigIntegerField(_("available before"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # A repeated settlement is recognised by it and gets the first result.
    settlement_fingerprint = models.BinaryField(_("ending"), max_length=32, null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["location", "key"], name="hold_key_once"),
            models.CheckConstraint(name="hold_credits", condition=Q(credits__gte=0)),
            models.CheckConstraint(
                name="hold_ends_once",
                condition=Q(state=HoldState.OPEN, ended_at__isnull=True)
                | (~Q(state=HoldState.OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="hold_refusal_has_reason",
                condition=(Q(state=HoldState.REFUSED) & ~Q(refusal=""))
                | (~Q(state=HoldState.REFUSED) & Q(refusal="")),
            ),
            models.CheckConstraint(
                name="hold_call_has_number",
                condition=(Q(kind=HoldKind.CALL, expected_seconds__gte=0) & ~Q(phone=""))
                | Q(kind=HoldKind.AMOUNT, expected_seconds__isnull=True, phone=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["location", "expires_at"],
                include=["credits"],
                condition=Q(state=HoldState.OPEN),
                name="hold_open",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="hold_is_kept", operation=pgtrigger.Delete),
            no_truncate("hold_no_truncate"),
            pgtrigger.Protect(
                name="hold_ended_stays_ended",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=HoldState.OPEN.value),
            ),
            pgtrigger.Protect(
                name="hold_only_ends",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["state", "ended_at", "settlement_fingerprint"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}: {self.credits}"

    def state_at(self, at: dt.datetime) -> str:
        if self.state == HoldState.OPEN and at >= self.expires_at:
            return HoldState.EXPIRED
        return self.state
