"""What managers ask staff to put right."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from ledger.models.accounts import Charge
from ledger.models.entries import Entry
from locations.models import Location
from locations.models.guards import no_truncate

LONGEST_REASON = 400
LONGEST_ANSWER = 400


class CorrectionState(models.TextChoices):
    OPEN = "open", "Open"
    GRANTED = "granted", "Granted"
    DECLINED = "declined", "Declined"


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    def open(self) -> "CorrectionRequestQuerySet":
        return self.filter(state=CorrectionState.OPEN)


class CorrectionRequest(models.Model):
    """That a charge, or one message of it, be given back; decided by staff, once."""

    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="correction_requests"
    )
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="correction_requests")
    external_id = models.CharField(
        max_length=120, blank=True, help_text="The message; empty: the whole charge."
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=LONGEST_REASON)
    state = models.CharField(max_length=8, choices=CorrectionState, default=CorrectionState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True)
    reversal = models.OneToOneField(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="correction_request",
        help_text="The entry that gave the credits back.",
    )

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "external_id"],
                condition=Q(state=CorrectionState.OPEN),
                name="correction_open_once",
            ),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="correction_decided_has_who_and_when",
                condition=Q(
                    state=CorrectionState.OPEN,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    answer="",
                    reversal__isnull=True,
                )
                | Q(
                    state=CorrectionState.GRANTED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    reversal__isnull=False,
                )
                | (
                    Q(
                        state=CorrectionState.DECLINED,
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                        reversal__isnull=True,
                    )
                    & ~Q(answer="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                condition=Q(state=CorrectionState.OPEN),
                name="correction_queue",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="correction_is_kept", operation=pgtrigger.Delete),
            no_truncate("correction_no_truncate"),
            pgtrigger.Protect(
                name="correction_decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=CorrectionState.OPEN.value),
            ),
            pgtrigger.Protect(
                name="correction_only_decided",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["state", "decided_by", "decided_at", "answer", "reversal"]
                ),
            ),
            pgtrigger.Trigger(
                name="correction_of_its_location",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM ledger_charge c WHERE c.id = NEW.charge_id
                                      AND c.location_id = NEW.location_id) THEN
                        RAISE EXCEPTION 'a correction belongs to the location of its charge'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'correction_of_its_location';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Correction request {self.pk}"
