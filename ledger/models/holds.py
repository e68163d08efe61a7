"""Holds: credits set aside for what is going on and has no price yet."""

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import Q

from locations.models import CarrierType, Location
from locations.models.guards import no_truncate


class HoldKind(models.TextChoices):
    CALL = "call", "Call"
    AMOUNT = "amount", "Amount"


class HoldState(models.TextChoices):
    """`open` past its expiry is expired, whether or not the sweep has written it down."""

    OPEN = "open", "Open"
    SETTLED = "settled", "Settled"
    RELEASED = "released", "Released"
    EXPIRED = "expired", "Expired"
    REFUSED = "refused", "Refused"


class OverRule(models.TextChoices):
    """What becomes of a settlement that costs more than was held."""

    REFUSE = "refuse", "Refuse it"
    CAP = "cap", "Charge what was held"
    OVERFLOW = "overflow", "Charge it all within available credits and overdraft"


class HoldQuerySet(models.QuerySet["Hold"]):
    def open_at(self, at: dt.datetime) -> "HoldQuerySet":
        """Those that set credits aside at the instant `at`."""
        return self.filter(state=HoldState.OPEN, expires_at__gt=at)

    def overdue(self, at: dt.datetime) -> "HoldQuerySet":
        """Those that expired and whose expiry has not been written down."""
        return self.filter(state=HoldState.OPEN, expires_at__lte=at)


class Hold(models.Model):
    """Credits set aside until it is settled, released or expires: exactly one of them, once.

    A refused hold set nothing aside; it is kept as the first answer to its key.
    """

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="holds")
    key = models.CharField("idempotency key", max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=6, choices=HoldKind)
    credits = models.BigIntegerField()
    over_rule = models.CharField(max_length=8, choices=OverRule, default=OverRule.REFUSE)
    phone = models.CharField(max_length=32, blank=True)
    carrier_type = models.CharField(max_length=8, choices=CarrierType, blank=True)
    expected_seconds = models.IntegerField(null=True, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=HoldState, default=HoldState.OPEN)
    refusal = models.CharField(max_length=20, blank=True)
    available_before = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # The content of the request that ended it: the same ending again gets the first answer.
    ending = models.BinaryField(max_length=32, null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
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
                condition=pgtrigger.AnyChange(exclude=["state", "ended_at", "ending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}: {self.credits}"

    def state_at(self, at: dt.datetime) -> str:
        """Its state at the instant `at`: expiry counts from its instant, not from the sweep."""
        if self.state == HoldState.OPEN and at >= self.expires_at:
            return HoldState.EXPIRED
        return self.state
