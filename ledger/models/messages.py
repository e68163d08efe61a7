import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.models.balances import Charge, Outcome, Refusal
from ledger.models.entries import Entry
from locations.models import CarrierType, Channel, ChatInbox, Location, Rate, RateCard
from locations.models.audit import SEEN, audited
from locations.models.triggers import no_truncate


class CarrierSource(models.TextChoices):
    METADATA = "metadata", _("numbering metadata")
    CALLER = "caller", _("stated by the caller")


class Direction(models.TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")


class TextType(models.TextChoices):
    SMS = "sms", _("SMS")
    MMS = "mms", _("MMS")


def message_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(
            fields=["location", "external_id"],
            condition=Q(outcome=Outcome.CHARGED),
            name=f"{name}_external_id_once",
        ),
        models.UniqueConstraint(fields=["charge", "position"], name=f"{name}_position_once"),
        models.CheckConstraint(
            name=f"{name}_credits",
            condition=Q(
                credits__gte=0, contract_credits__gte=0, contract_credits__lte=F("credits")
            ),
        ),
        # Invariant 3: a message has an entry if and only if it cost something.
        models.CheckConstraint(
            name=f"{name}_cost_has_entry",
            condition=Q(credits=0, entry__isnull=True) | Q(credits__gt=0, entry__isnull=False),
        ),
        models.CheckConstraint(
            name=f"{name}_refused_is_free",
            condition=Q(outcome=Outcome.CHARGED, refusal="")
            | (Q(outcome=Outcome.REFUSED, credits=0) & ~Q(refusal="")),
        ),
    ]


def reversal_index(name: str) -> models.Index:
    return models.Index(fields=["reversal"], name=name, condition=Q(reversal__isnull=False))


def message_triggers(name: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Protect(name=f"{name}_is_kept", operation=pgtrigger.Delete),
        no_truncate(f"{name}_no_truncate"),
        # Invariant 3 from the side of the messages: none is added to an entry later.
        pgtrigger.Trigger(
            name=f"{name}_adds_up",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="added"),
            declare=[("touched", "record")],
            func="""
                FOR touched IN SELECT DISTINCT location_id, charge_id, entry_id FROM added LOOP
                    PERFORM 1 FROM ledger_charge c
                      WHERE c.id = touched.charge_id AND c.location_id = touched.location_id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'a message belongs to a charge of its location'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_location';
                    END IF;
                    CONTINUE WHEN touched.entry_id IS NULL;
                    PERFORM 1 FROM ledger_entry e
                      WHERE e.id = touched.entry_id AND e.charge_id = touched.charge_id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'a message belongs to an entry of its charge'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_entry';
                    END IF;
                    PERFORM ledger_check_messages(touched.entry_id);
                END LOOP;
                RETURN NULL;
            """,
        ),
        # A message is reversed once, and a reversal sums to the cost of its messages.
        pgtrigger.Protect(
            name=f"{name}_reversed_once",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__reversal__isnull=False)
            & pgtrigger.Q(old__reversal__df=pgtrigger.F("new__reversal")),
        ),
        pgtrigger.Trigger(
            name=f"{name}_reversal_adds_up",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            referencing=pgtrigger.Referencing(old="before", new="changed"),
            func="""
                PERFORM ledger_check_messages(touched.reversal_id)
                   FROM (SELECT DISTINCT changed.reversal_id FROM changed
                           JOIN before USING (id)
                          WHERE changed.reversal_id IS NOT NULL
                            AND before.reversal_id IS NULL) touched;
                RETURN NULL;
            """,
        ),
    ]


class Message(models.Model):
    """Base of international and chat messages.

    A broadcast inserts thousands, so most foreign keys have no constraint in the database; a
    statement trigger checks that the charge belongs to the location and the entry to the charge.
    """

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("location"),
    )
    charge = models.ForeignKey(
        Charge,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        db_constraint=False,
        db_index=False,
        verbose_name=_("charge"),
    )
    entry = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        db_constraint=False,
        verbose_name=_("entry"),
    )
    position = models.IntegerField(_("position"), help_text=_("Its place in the request, from 0."))
    external_id = models.CharField(_("external id"), max_length=120)
    phone = models.CharField(_("phone"), max_length=32)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome)
    refusal = models.CharField(_("refusal"), max_length=20, choices=Refusal, blank=True)
    credits = models.BigIntegerField(_("credits"))
    contract_credits = models.BigIntegerField(
        _("contract credits"), help_text=_("The part that contract credits paid.")
    )
    reversal = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_%(class)ss",
        db_index=False,
        help_text=_("The entry that gave its credits back."),
        verbose_name=_("reversal"),
    )
    sent_at = models.DateTimeField(_("sent at"))
    day = models.DateField(_("day"), help_text=_("The day of the daily table on which it counts."))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        abstract = True

    def __str__(self) -> str:
        return self.external_id


@audited(pghistory.ManualEvent(SEEN), by_trigger=False, fields=["location", "external_id"])
class InternationalMessage(Message):
    """`rate` is the row of the card that priced it."""

    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    country = models.CharField(_("country"), max_length=3, blank=True)
    carrier_type = models.CharField(
        _("carrier type"), max_length=8, choices=CarrierType, blank=True
    )
    carrier_source = models.CharField(
        _("carrier source"), max_length=8, choices=CarrierSource, blank=True
    )
    rate = models.ForeignKey(
        Rate,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("rate"),
    )
    seconds = models.IntegerField(_("seconds"), null=True, help_text=_("How long the call lasted."))
    billed_seconds = models.IntegerField(_("billed seconds"), null=True)
    status = models.CharField(_("status"), max_length=40, blank=True)
    status_detail = models.CharField(_("status detail"), max_length=300, blank=True)
    status_at = models.DateTimeField(_("status at"), null=True, blank=True)
    profile = models.JSONField(
        _("profile"), default=dict, help_text=_("The recipient's fields when it was sent.")
    )

    class Meta:
        verbose_name = _("international message")
        verbose_name_plural = _("international messages")
        ordering = ["-id"]
        constraints = [
            *message_constraints("international"),
            models.CheckConstraint(
                name="international_call_has_seconds",
                condition=Q(channel=Channel.TEXT, seconds__isnull=True, billed_seconds__isnull=True)
                | Q(channel=Channel.VOICE, seconds__gte=0),
            ),
            models.CheckConstraint(
                name="international_price_has_rate",
                condition=Q(credits=0) | Q(rate__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["location", "day", "id"], name="international_by_day"),
            reversal_index("international_by_reversal"),
        ]
        triggers = [
            *message_triggers("international"),
            # Delivery reports come later; everything else stays as it was charged.
            pgtrigger.Protect(
                name="international_only_status_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["status", "status_detail", "status_at", "reversal"]
                ),
            ),
        ]


@audited(pghistory.ManualEvent(SEEN), by_trigger=False, fields=["location", "external_id"])
class ChatMessage(Message):
    """Without a `card` the standard chat prices applied."""

    inbox = models.ForeignKey(
        ChatInbox, on_delete=models.PROTECT, related_name="messages", verbose_name=_("inbox")
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    content = models.TextField(_("content"), blank=True)
    text_type = models.CharField(_("text type"), max_length=3, choices=TextType)
    card = models.ForeignKey(
        RateCard,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("card"),
    )

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        ordering = ["-id"]
        constraints = [
            *message_constraints("chat"),
            models.CheckConstraint(
                name="chat_inbound_is_never_refused",
                condition=Q(direction=Direction.OUTBOUND) | Q(outcome=Outcome.CHARGED),
            ),
        ]
        indexes = [
            models.Index(fields=["location", "day", "id"], name="chat_by_day"),
            reversal_index("chat_by_reversal"),
        ]
        triggers = [
            *message_triggers("chat"),
            pgtrigger.Protect(
                name="chat_append_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["reversal"]),
            ),
        ]
