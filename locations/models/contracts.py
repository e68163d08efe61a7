import datetime as dt

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from locations.models.audit import audited
from locations.models.locations import Location
from locations.models.rate_cards import RateCardSeries

MAX_CREDITS = 1_000_000_000


class DebtAtRenewal(models.TextChoices):
    WRITE_OFF = "write_off", _("Write it off")
    CARRY = "carry", _("Carry it over")


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField(_("output field"))


@audited()
class Contract(models.Model):
    """Included credits per term, in force on the local days [starts_on, ends_on)."""

    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("location")
    )
    starts_on = models.DateField(
        _("starts on"), help_text=_("First day, in the location's time zone.")
    )
    ends_on = models.DateField(
        _("ends on"),
        null=True,
        blank=True,
        help_text=_("First day without this contract. Empty: it renews until another follows."),
    )
    term_months = models.PositiveSmallIntegerField(
        _("term months"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Months from one renewal to the next."),
    )
    included_credits = models.BigIntegerField(
        _("included credits"),
        validators=[MinValueValidator(0), MaxValueValidator(MAX_CREDITS)],
        help_text=_("Credits granted at the start of each term."),
    )
    overdraft_limit = models.BigIntegerField(
        _("overdraft limit"),
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(MAX_CREDITS)],
        help_text=_("How far below zero outbound messages may take the balance."),
    )
    rate_card_series = models.ForeignKey(
        RateCardSeries,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        help_text=_("Empty: the default rate card."),
        verbose_name=_("rate card series"),
    )
    debt_at_renewal = models.CharField(
        _("debt at renewal"),
        max_length=10,
        choices=DebtAtRenewal,
        default=DebtAtRenewal.WRITE_OFF,
        help_text=_("What happens to a negative balance when a term begins."),
    )
    reference = models.CharField(
        _("reference"), max_length=120, blank=True, help_text=_("The contract's number.")
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["location", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="contract_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("A contract ends after its first day."),
            ),
            # Later dates are typing errors, and calendars end.
            models.CheckConstraint(
                name="contract_starts_in_reason",
                condition=Q(starts_on__gte=dt.date(2000, 1, 1), starts_on__lt=dt.date(2200, 1, 1)),
                violation_error_message=_("A contract starts between 2000 and 2199."),
            ),
            models.CheckConstraint(
                name="contract_term_months", condition=Q(term_months__gte=1, term_months__lte=120)
            ),
            models.CheckConstraint(
                name="contract_included_credits",
                condition=Q(included_credits__gte=0, included_credits__lte=MAX_CREDITS),
            ),
            models.CheckConstraint(
                name="contract_overdraft_limit",
                condition=Q(overdraft_limit__gte=0, overdraft_limit__lte=MAX_CREDITS),
            ),
            ExclusionConstraint(
                name="contract_no_overlap",
                expressions=[
                    ("location", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The location has another contract in these days."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="contract_terms_version",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    UPDATE locations_location SET terms_version = terms_version + 1
                     WHERE id IN (OLD.location_id, NEW.location_id);
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return _("%(location)s from %(starts_on)s") % {
            "location": self.location,
            "starts_on": self.starts_on,
        }
