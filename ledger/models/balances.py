import datetime as dt
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Count, Expression, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ledger.models.holds import Hold
from locations.models import Location
from locations.models.triggers import no_truncate

MAX_CREDITS = 10**12


class Outcome(models.TextChoices):
    CHARGED = "charged", _("Charged")
    REFUSED = "refused", _("Refused")


class Refusal(models.TextChoices):
    BAD_NUMBER = "bad_number", _("Not a possible phone number")
    NO_RATE = "no_rate", _("The rate card has no price for the destination")
    INSUFFICIENT_CREDITS = "insufficient_credits", _("Not enough credits")
    NOTHING_TO_SEND = "nothing_to_send", _("No message of the request could be sent")


class ChargeKind(models.TextChoices):
    TEXT = "text", _("International text")
    VOICE = "voice", _("International voice")
    CHAT = "chat", _("Chat")


class OnInsufficient(models.TextChoices):
    REFUSE_ALL = "refuse_all", _("Refuse all")
    SEND_WHAT_FITS = "send_what_fits", _("Send what fits")


class BalanceQuerySet(models.QuerySet["Balance"]):
    def as_of(self, at: dt.datetime | Expression) -> "BalanceQuerySet":
        """Annotate `held_credits` and `open_holds` at the instant `at`."""
        holds = Hold.objects.open_at(at).filter(location=OuterRef("location")).order_by()
        by_location = holds.values("location")
        return self.annotate(
            held_credits=Coalesce(
                Subquery(by_location.annotate(sum=Sum("credits")).values("sum")), 0
            ),
            open_holds=Coalesce(
                Subquery(by_location.annotate(count=Count("pk")).values("count")), 0
            ),
        )


class Balance(models.Model):
    """The two buckets of a location after its last entry; only `ledger.engine.posting` moves it.

    Whatever changes the location's credits locks this row first.
    """

    location = models.OneToOneField(
        Location,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="balance",
        verbose_name=_("location"),
    )
    contract_credits = models.BigIntegerField(_("contract credits"), default=0)
    purchased_credits = models.BigIntegerField(_("purchased credits"), default=0)
    last_number = models.BigIntegerField(_("last number"), default=0)
    # Renewed up to this day; the next renewal is due at that instant (null: none), as of this
    # version of the location's terms.
    renewed_through_on = models.DateField(_("renewed through on"), null=True)
    renewal_due_at = models.DateTimeField(_("renewal due at"), null=True)
    terms_version = models.BigIntegerField(_("terms version"), default=0)

    objects = BalanceQuerySet.as_manager()

    # Set by `as_of`: holds expire without a write.
    held_credits: int
    open_holds: int

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.CheckConstraint(
                name="balance_contract_not_negative", condition=Q(contract_credits__gte=0)
            ),
            models.CheckConstraint(
                name="balance_in_bounds",
                condition=Q(
                    contract_credits__lte=MAX_CREDITS,
                    purchased_credits__gte=-MAX_CREDITS,
                    purchased_credits__lte=MAX_CREDITS,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="balance_is_kept", operation=pgtrigger.Delete),
            no_truncate("balance_no_truncate"),
            # Invariant 1, checked at commit: the balance equals its last entry.
            pgtrigger.Trigger(
                name="balance_equals_last_entry",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM ledger_balance b
                          LEFT JOIN LATERAL (
                               SELECT number, contract_after, purchased_after
                                 FROM ledger_entry e WHERE e.location_id = b.location_id
                                ORDER BY number DESC LIMIT 1) last ON true
                         WHERE b.location_id = NEW.location_id
                           AND b.last_number = coalesce(last.number, 0)
                           AND b.contract_credits = coalesce(last.contract_after, 0)
                           AND b.purchased_credits = coalesce(last.purchased_after, 0)
                    ) THEN
                        RAISE EXCEPTION 'the balance of location % differs from its last entry',
                            NEW.location_id
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'balance_equals_last_entry';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location}: {self.total}"

    @property
    def total(self) -> int:
        return self.contract_credits + self.purchased_credits

    @property
    def available(self) -> int:
        """Total less held credits; needs `as_of`."""
        return self.total - self.held_credits


class Charge(models.Model):
    """A broadcast of one channel, or a list of chat messages; stored even if refused."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="charges",
        db_index=False,  # charge_by_day and charge_key_once begin with it
        verbose_name=_("location"),
    )
    key = models.CharField(_("idempotency key"), max_length=255)
    fingerprint = models.BinaryField(_("fingerprint"), max_length=32)
    kind = models.CharField(_("kind"), max_length=5, choices=ChargeKind)
    on_insufficient = models.CharField(
        _("on insufficient"),
        max_length=14,
        choices=OnInsufficient,
        default=OnInsufficient.REFUSE_ALL,
    )
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome)
    refusal = models.CharField(_("refusal"), max_length=20, choices=Refusal, blank=True)
    at = models.DateTimeField(_("at"), help_text=_("When it was decided."))
    day = models.DateField(
        _("day"), help_text=_("The location's day on which it stands in the daily table.")
    )
    needed_credits = models.BigIntegerField(
        _("needed credits"), help_text=_("What all its sendable messages cost.")
    )
    credits = models.BigIntegerField(_("credits"), help_text=_("What was charged."))
    available_before = models.BigIntegerField(_("available before"))
    contract_after = models.BigIntegerField(_("contract after"))
    purchased_after = models.BigIntegerField(_("purchased after"))
    overdraft_limit = models.BigIntegerField(_("overdraft limit"))
    held_before = models.BigIntegerField(
        _("held before"),
        default=0,
        db_default=0,
        help_text=_("What open holds had set aside, not available to it."),
    )
    hold = models.OneToOneField(
        "ledger.Hold",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charge",
        help_text=_("The hold that it settled."),
        verbose_name=_("hold"),
    )

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["location", "key"], name="charge_key_once"),
            models.CheckConstraint(name="charge_key_not_empty", condition=~Q(key="")),
            models.CheckConstraint(
                name="charge_credits", condition=Q(credits__gte=0, needed_credits__gte=F("credits"))
            ),
            models.CheckConstraint(
                name="charge_refusal_has_reason",
                condition=Q(outcome=Outcome.CHARGED, refusal="")
                | (Q(outcome=Outcome.REFUSED, credits=0) & ~Q(refusal="")),
            ),
            # Invariant 5. Chat is checked by verify_ledger instead, since inbound chat may exceed
            # the limit; a hold was within the limit when it was placed.
            models.CheckConstraint(
                name="charge_within_overdraft",
                condition=Q(kind=ChargeKind.CHAT)
                | Q(hold__isnull=False)
                | Q(credits=0)
                | Q(available_before__gte=F("credits") - F("overdraft_limit")),
            ),
        ]
        indexes = [models.Index(fields=["location", "day", "id"], name="charge_by_day")]
        triggers = [
            pgtrigger.Protect(
                name="charge_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            no_truncate("charge_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"

    @property
    def messages(self) -> Any:
        return self.chatmessages if self.kind == ChargeKind.CHAT else self.internationalmessages

    @property
    def shortfall(self) -> int:
        return max(0, self.needed_credits - self.available_before - self.overdraft_limit)
