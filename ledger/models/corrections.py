import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.models.balances import Charge
from ledger.models.entries import Entry
from ledger.models.requests_base import (
    DecisionRequest,
    decided_by_second_person,
    decision_is_complete,
    decision_triggers,
    open_requests_index,
)
from locations.models import Location
from locations.models.audit import audited

MAX_REASON_LENGTH = 400


class CorrectionState(models.TextChoices):
    OPEN = "open", _("Open")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


@audited()
class CorrectionRequest(DecisionRequest):
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="correction_requests",
        verbose_name=_("location"),
    )
    charge = models.ForeignKey(
        Charge,
        on_delete=models.PROTECT,
        related_name="correction_requests",
        verbose_name=_("charge"),
    )
    external_id = models.CharField(
        _("external id"),
        max_length=120,
        blank=True,
        help_text=_("The message; empty: the whole charge."),
    )
    reason = models.CharField(_("reason"), max_length=MAX_REASON_LENGTH)
    state = models.CharField(
        _("state"), max_length=8, choices=CorrectionState, default=CorrectionState.OPEN
    )
    reversal = models.OneToOneField(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="correction_request",
        help_text=_("The entry that gave the credits back."),
        verbose_name=_("reversal"),
    )

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        ordering = ["requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "external_id"],
                condition=Q(state=CorrectionState.OPEN),
                name="correction_open_once",
            ),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(reason="")),
            decision_is_complete(
                "correction_decided_has_who_and_when",
                granted=CorrectionState.GRANTED,
                entry="reversal",
            ),
        ]
        indexes = [open_requests_index("correction_queue")]
        triggers = [
            *decision_triggers("correction", entry="reversal"),
            decided_by_second_person("correction", granted=CorrectionState.GRANTED),
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
        return _("Correction request %(pk)s") % {"pk": self.pk}
