import datetime as dt

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Expression
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from ledger.models.balances import Charge
from ledger.models.entry_constraints import CONSTRAINTS
from ledger.models.kinds import AT_RENEWAL, USAGE, EntryKind
from locations.models import Contract, Location
from locations.models.audit import POSTED, audited
from locations.models.triggers import no_truncate


class EntryQuerySet(models.QuerySet["Entry"]):
    def from_renewals(self) -> "EntryQuerySet":
        """Entries of renewals; a manual write-off has no contract."""
        return self.filter(kind__in=AT_RENEWAL, contract__isnull=False)

    def for_location(self, location: Location) -> "EntryQuerySet":
        return self.filter(location=location)

    def between(
        self, first_on: dt.date | Expression | None, last_on: dt.date | Expression | None
    ) -> "EntryQuerySet":
        """Entries of these local days, inclusive; None leaves an end open."""
        entries = self
        if first_on is not None:
            entries = entries.filter(day__gte=first_on)
        if last_on is not None:
            entries = entries.filter(day__lte=last_on)
        return entries


@audited(
    pghistory.ManualEvent(POSTED),
    by_trigger=False,
    fields=[
        "location",
        "number",
        "kind",
        "contract_delta",
        "purchased_delta",
        "reason",
        "reference",
        "created_by",
    ],
)
class Entry(models.Model):
    """Never edited or deleted; written only by `ledger.engine.posting`."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,  # entry_by_day and entry_number_once begin with it
        verbose_name=_("location"),
    )
    number = models.BigIntegerField(
        _("number"), help_text=_("Counts the location's entries without gaps.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind)
    contract_delta = models.BigIntegerField(_("contract delta"))
    purchased_delta = models.BigIntegerField(_("purchased delta"))
    contract_after = models.BigIntegerField(_("contract after"))
    purchased_after = models.BigIntegerField(_("purchased after"))
    at = models.DateTimeField(
        _("at"), help_text=_("When it took effect; for a renewal its term's start.")
    )
    day = models.DateField(
        _("day"), help_text=_("The location's day, fixed when the entry was posted.")
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    charge = models.ForeignKey(
        Charge,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("charge"),
    )
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        db_index=False,
        verbose_name=_("contract"),
    )
    term_starts_on = models.DateField(_("term starts on"), null=True, blank=True)
    lapsed_credits = models.BigIntegerField(
        _("lapsed credits"),
        default=0,
        db_default=0,
        help_text=_("Of a reversal: contract credits of an earlier term, which did not come back."),
    )
    key = models.CharField(_("idempotency key"), max_length=255, null=True, blank=True)  # noqa: DJ001
    fingerprint = models.BinaryField(_("fingerprint"), max_length=32, null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("made by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("approved by"),
        help_text=_("The second person, where the entry needed one."),
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        # Explained in docs/staff.md.
        permissions = [
            ("fund", _("Can record purchases")),
            ("adjust", _("Can make adjustments")),
            ("reverse", _("Can give charges and messages back")),
            ("write_off", _("Can write debts off")),
            ("approve", _("Can approve what a colleague wants to post")),
            ("decide_requests", _("Can decide what managers ask for")),
            ("run_renewal", _("Can run a renewal that is due")),
        ]
        ordering = ["location", "-number"]
        verbose_name_plural = _("entries")
        constraints = CONSTRAINTS
        indexes = [
            # Covers the daily table: an index-only scan.
            models.Index(
                fields=["location", "day"],
                include=["kind", "contract_delta", "purchased_delta"],
                name="entry_by_day",
            ),
            # Partial, since usage entries have none of these: a full index would slow each charge.
            *(
                models.Index(
                    fields=[name],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"entry_{name}",
                )
                for name in ("contract", "created_by", "approved_by")
            ),
            # Adjustments within a term; read by every Credit Usage page.
            models.Index(
                fields=["location", "term_starts_on"],
                condition=models.Q(kind=EntryKind.ADJUSTMENT, term_starts_on__isnull=False),
                name="entry_within_term",
            ),
            # The list of renewals: some thousands among millions of entries.
            models.Index(
                fields=["location", "at"],
                condition=models.Q(kind__in=AT_RENEWAL, contract__isnull=False),
                name="entry_renewals",
            ),
            # Search in the admin. Usage entries have neither.
            models.Index(
                Upper("reference"), condition=~models.Q(reference=""), name="entry_by_reference"
            ),
            models.Index(Upper("key"), condition=models.Q(key__isnull=False), name="entry_by_key"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entry_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            no_truncate("entry_no_truncate"),
            # Invariant 2, and numbers without gaps.
            pgtrigger.Trigger(
                name="entry_continues_the_last",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.number = 1 THEN
                        IF NEW.contract_after = NEW.contract_delta
                           AND NEW.purchased_after = NEW.purchased_delta THEN
                            RETURN NEW;
                        END IF;
                    ELSIF EXISTS (
                        SELECT 1 FROM ledger_entry e
                         WHERE e.location_id = NEW.location_id AND e.number = NEW.number - 1
                           AND e.contract_after + NEW.contract_delta = NEW.contract_after
                           AND e.purchased_after + NEW.purchased_delta = NEW.purchased_after)
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'entry % of location % does not continue the one before',
                        NEW.number, NEW.location_id
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'entry_continues_the_last';
                """,
            ),
            # Invariant 1 from the side of the entry, checked at commit.
            pgtrigger.Trigger(
                name="entry_moves_the_balance",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM ledger_balance b
                                    WHERE b.location_id = NEW.location_id
                                      AND b.last_number >= NEW.number) THEN
                        RAISE EXCEPTION 'entry % of location % did not move the balance',
                            NEW.number, NEW.location_id
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'entry_moves_the_balance';
                    END IF;
                    RETURN NULL;
                """,
            ),
            # Invariant 3, checked at commit: a usage entry has messages. Their sum is checked by
            # triggers of the messages.
            pgtrigger.Trigger(
                name="entry_has_its_messages",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(
                    new__kind__in=[str(kind) for kind in (*USAGE, EntryKind.REVERSAL)]
                ),
                func="""
                    IF (CASE NEW.kind
                        WHEN 'chat' THEN EXISTS (
                            SELECT 1 FROM ledger_chatmessage WHERE entry_id = NEW.id)
                        WHEN 'reversal' THEN EXISTS (
                            SELECT 1 FROM ledger_internationalmessage WHERE reversal_id = NEW.id
                            UNION ALL
                            SELECT 1 FROM ledger_chatmessage WHERE reversal_id = NEW.id)
                        ELSE EXISTS (
                            SELECT 1 FROM ledger_internationalmessage WHERE entry_id = NEW.id)
                    END) THEN
                        RETURN NULL;
                    END IF;
                    RAISE EXCEPTION 'entry % of location % has no messages',
                        NEW.number, NEW.location_id
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'entry_equals_its_messages';
                """,
            ),
            # An adjustment with a contract changes what its running term was granted.
            pgtrigger.Trigger(
                name="entry_of_the_running_term",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(
                    new__kind=str(EntryKind.ADJUSTMENT), new__contract__isnull=False
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM (
                            SELECT e.contract_id, e.term_starts_on FROM ledger_entry e
                             WHERE e.location_id = NEW.location_id
                               AND e.kind = 'contract_grant'
                             ORDER BY e.number DESC LIMIT 1) last
                         WHERE last.contract_id = NEW.contract_id
                           AND last.term_starts_on = NEW.term_starts_on) THEN
                        RAISE EXCEPTION 'entry % of location % names a term that has no grant',
                            NEW.number, NEW.location_id
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'entry_of_the_running_term';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location} #{self.number} {self.get_kind_display()} {self.credits:+d}"

    @property
    def credits(self) -> int:
        return self.contract_delta + self.purchased_delta

    @property
    def balance_after(self) -> int:
        return self.contract_after + self.purchased_after
