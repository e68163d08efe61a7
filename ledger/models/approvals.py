import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.models.balances import Charge
from ledger.models.entries import Entry
from ledger.models.kinds import EntryKind
from ledger.models.requests_base import (
    ApprovalState,
    DecisionRequest,
    decision_is_complete,
    decision_triggers,
    open_requests_index,
)
from locations.models import Contract, Location
from locations.models.audit import audited


class Bucket(models.TextChoices):
    PURCHASED = "purchased", _("Purchased")
    CONTRACT = "contract", _("Contract")


MANUAL_KINDS = (EntryKind.PURCHASE, EntryKind.ADJUSTMENT, EntryKind.REVERSAL, EntryKind.WRITE_OFF)


@audited(exclude=["key"])
class ApprovalRequest(DecisionRequest):
    """`credits` (signed) are what the entry would have moved when it was requested."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="approval_requests",
        verbose_name=_("location"),
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(k.value, k.label) for k in MANUAL_KINDS]
    )
    bucket = models.CharField(_("bucket"), max_length=9, choices=Bucket, default=Bucket.PURCHASED)
    credits = models.BigIntegerField(_("credits"))
    charge = models.ForeignKey(
        Charge,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_requests",
        verbose_name=_("charge"),
        help_text=_("That a reversal gives back."),
    )
    external_id = models.CharField(
        _("external id"),
        max_length=120,
        blank=True,
        help_text=_("The message; empty: the whole charge."),
    )
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_requests",
        verbose_name=_("contract"),
        help_text=_("Whose running term an adjustment brings to its new included amount."),
    )
    term_starts_on = models.DateField(_("term starts on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    key = models.CharField(
        _("idempotency key"),
        max_length=255,
        help_text=_("Of the form that asked, and of the entry."),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=ApprovalState, default=ApprovalState.OPEN
    )
    entry = models.OneToOneField(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_request",
        verbose_name=_("entry"),
        help_text=_("The entry that was posted."),
    )

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ["requested_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["location", "key"], name="approval_key_once"),
            models.UniqueConstraint(
                fields=["contract", "term_starts_on"],
                condition=Q(state=ApprovalState.OPEN, contract__isnull=False),
                name="approval_open_once_per_term",
            ),
            models.CheckConstraint(name="approval_key_not_empty", condition=~Q(key="")),
            models.CheckConstraint(name="approval_moves_credits", condition=~Q(credits=0)),
            models.CheckConstraint(
                name="approval_says_why",
                condition=~Q(reason="") | (Q(kind=EntryKind.PURCHASE) & ~Q(reference="")),
            ),
            models.CheckConstraint(
                name="approval_kind_has_its_cause",
                condition=(Q(kind=EntryKind.REVERSAL, charge__isnull=False, contract__isnull=True))
                | Q(
                    kind=EntryKind.ADJUSTMENT,
                    charge__isnull=True,
                    external_id="",
                    contract__isnull=False,
                    term_starts_on__isnull=False,
                    bucket=Bucket.CONTRACT,
                )
                | Q(
                    kind__in=[EntryKind.PURCHASE, EntryKind.ADJUSTMENT, EntryKind.WRITE_OFF],
                    charge__isnull=True,
                    external_id="",
                    contract__isnull=True,
                    term_starts_on__isnull=True,
                ),
            ),
            # The requester may withdraw the request, which declines it.
            models.CheckConstraint(
                name="approval_by_a_second_person",
                condition=~Q(state=ApprovalState.APPROVED) | ~Q(requested_by=F("decided_by")),
            ),
            decision_is_complete(
                "approval_decided_has_who_and_when", granted=ApprovalState.APPROVED, entry="entry"
            ),
        ]
        indexes = [open_requests_index("approval_queue")]
        triggers = [
            *decision_triggers("approval", entry="entry"),
            pgtrigger.Trigger(
                name="approval_posted_that",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.entry_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM ledger_entry e
                         WHERE e.id = NEW.entry_id AND e.location_id = NEW.location_id
                           AND e.kind = NEW.kind AND e.key = NEW.key
                           AND e.created_by_id = NEW.requested_by_id
                           AND e.approved_by_id = NEW.decided_by_id
                           AND e.charge_id IS NOT DISTINCT FROM NEW.charge_id
                           AND (e.contract_id, e.term_starts_on) IS NOT DISTINCT FROM
                               (NEW.contract_id, NEW.term_starts_on)
                           AND (e.kind IN ('reversal', 'write_off')
                                OR (e.contract_delta, e.purchased_delta) =
                                   (CASE NEW.bucket WHEN 'contract' THEN NEW.credits ELSE 0 END,
                                    CASE NEW.bucket WHEN 'contract' THEN 0 ELSE NEW.credits END)
                               )) THEN
                        RAISE EXCEPTION 'an approved request is met by the entry that it asked for'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'approval_posted_that';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Approval request {self.pk}"
