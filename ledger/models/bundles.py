import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.models.entries import Entry
from ledger.models.requests_base import (
    ApprovalState,
    DecisionRequest,
    decided_by_second_person,
    decision_is_complete,
    decision_triggers,
    open_requests_index,
)
from locations.models import Location
from locations.models.audit import audited

MAX_NOTE_LENGTH = 300
MAX_CREDITS = 100_000_000


class BundleQuerySet(models.QuerySet["Bundle"]):
    def offered(self) -> "BundleQuerySet":
        return self.filter(is_active=True).order_by("position", "credits", "pk")


@audited()
class Bundle(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    credits = models.PositiveIntegerField(_("credits"))
    price = models.CharField(
        _("price"),
        max_length=40,
        blank=True,
        help_text=_("As managers read it, with its currency: EUR 450. Nothing is charged here."),
    )
    is_active = models.BooleanField(
        _("offered"),
        default=True,
        help_text=_("One that is not is kept for the requests that name it."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("The lowest stands first; the same ones by their credits."),
    )

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        ordering = ["position", "credits", "id"]
        constraints = [
            models.CheckConstraint(
                name="bundle_credits", condition=Q(credits__gte=1, credits__lte=MAX_CREDITS)
            ),
            models.CheckConstraint(name="bundle_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


@audited(exclude=["form_key"])
class CreditRequest(DecisionRequest):
    """`credits` and `price` are copied from the bundle, which may change later."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="credit_requests",
        verbose_name=_("location"),
    )
    bundle = models.ForeignKey(
        Bundle,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("bundle"),
    )
    credits = models.PositiveIntegerField(_("credits"))
    price = models.CharField(_("price"), max_length=40, blank=True)
    reference = models.CharField(_("reference"), max_length=120)
    note = models.CharField(_("note"), max_length=MAX_NOTE_LENGTH, blank=True)
    form_key = models.UUIDField(
        _("form key"), help_text=_("Of the form that asked: a double click asks once.")
    )
    state = models.CharField(
        _("state"), max_length=8, choices=ApprovalState, default=ApprovalState.OPEN
    )
    purchase = models.OneToOneField(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_request",
        help_text=_("The entry that brought the credits."),
        verbose_name=_("purchase"),
    )

    class Meta:
        verbose_name = _("credit request")
        verbose_name_plural = _("credit requests")
        ordering = ["requested_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="credit_request_credits",
                condition=Q(credits__gte=1, credits__lte=MAX_CREDITS),
            ),
            models.CheckConstraint(name="credit_request_has_reference", condition=~Q(reference="")),
            models.UniqueConstraint(
                fields=["location", "form_key"], name="credit_request_form_once"
            ),
            decision_is_complete(
                "credit_request_decided_has_who_and_when",
                granted=ApprovalState.APPROVED,
                entry="purchase",
            ),
        ]
        indexes = [open_requests_index("credit_request_queue")]
        triggers = [
            *decision_triggers("credit_request", entry="purchase"),
            decided_by_second_person("credit_request", granted=ApprovalState.APPROVED),
            pgtrigger.Trigger(
                name="credit_request_bought_that",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.purchase_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM ledger_entry e
                         WHERE e.id = NEW.purchase_id AND e.location_id = NEW.location_id
                           AND e.kind = 'purchase' AND e.purchased_delta = NEW.credits) THEN
                        RAISE EXCEPTION 'a request is met by a purchase of its credits'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'credit_request_bought_that';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return _("Credit request %(pk)s") % {"pk": self.pk}
