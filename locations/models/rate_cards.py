import datetime as dt

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.formatting.dates import format_date
from locations.models.audit import audited
from locations.models.triggers import no_truncate

# Published cards explain what messages cost, so they and their rows never change. The share lock
# makes the insert of a row wait for a concurrent publication.
CARD_IS_PUBLISHED = """
    PERFORM 1 FROM locations_ratecard WHERE id IN ({cards}) FOR SHARE;
    IF EXISTS (SELECT 1 FROM locations_ratecard
                WHERE id IN ({cards}) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published rate card is never edited: publish a new one'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN {row};
"""


class Channel(models.TextChoices):
    TEXT = "text", _("Text")
    VOICE = "voice", _("Voice call")


class CarrierType(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")


@audited()
class RateCardSeries(models.Model):
    """Rate cards that supersede one another by effective date."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_default = models.BooleanField(
        _("default"),
        default=False,
        help_text=_("Prices every location whose contract names no series of its own."),
    )

    class Meta:
        verbose_name = _("rate card series")
        ordering = ["name"]
        verbose_name_plural = _("rate card series")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_rate_card_series",
                violation_error_message=_("Another series is the default one."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CardState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Published, to come")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


class RateCardQuerySet(models.QuerySet["RateCard"]):
    def with_states(self, day: dt.date) -> "RateCardQuerySet":
        later = RateCard.objects.published().filter(
            series=OuterRef("series"),
            effective_on__gt=OuterRef("effective_on"),
            effective_on__lte=day,
        )
        return self.annotate(
            state_now=Case(
                When(published_at=None, then=Value(CardState.DRAFT.value)),
                When(effective_on__gt=day, then=Value(CardState.SCHEDULED.value)),
                When(Exists(later), then=Value(CardState.SUPERSEDED.value)),
                default=Value(CardState.IN_FORCE.value),
            )
        )

    def published(self) -> "RateCardQuerySet":
        return self.filter(published_at__isnull=False)


@audited()
class RateCard(models.Model):
    series = models.ForeignKey(
        RateCardSeries, on_delete=models.PROTECT, related_name="cards", verbose_name=_("series")
    )
    effective_on = models.DateField(
        _("effective on"), help_text=_("Prices messages sent on this day and later.")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    chat_sms_credits = models.PositiveIntegerField(
        _("chat sms credits"), default=2, help_text=_("Per chat SMS.")
    )
    chat_mms_credits = models.PositiveIntegerField(
        _("chat mms credits"), default=4, help_text=_("Per chat MMS.")
    )

    objects = RateCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate card")
        verbose_name_plural = _("rate cards")
        ordering = ["series", "-effective_on"]
        permissions = [("publish_ratecard", _("Can publish rate cards"))]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "effective_on"],
                condition=Q(published_at__isnull=False),
                name="one_published_card_per_series_and_day",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="ratecard_published_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            no_truncate("ratecard_no_truncate"),
        ]

    def __str__(self) -> str:
        return gettext("%(series)s, from %(day)s") % {
            "series": self.series,
            "day": format_date(self.effective_on, "j M Y"),
        }

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def chat_prices(self) -> dict[str, int]:
        return {
            "chat_sms_credits": self.chat_sms_credits,
            "chat_mms_credits": self.chat_mms_credits,
        }


@audited(in_bulk=True)
class Rate(models.Model):
    card = models.ForeignKey(
        RateCard, on_delete=models.CASCADE, related_name="rates", verbose_name=_("card")
    )
    country = models.CharField(
        _("country"),
        max_length=3,
        validators=[RegexValidator(r"^([A-Z]{2}|001)$", "Two capital letters, or 001.")],
        help_text=_("ISO 3166-1 alpha-2, or 001 for satellite networks."),
    )
    carrier_type = models.CharField(_("carrier type"), max_length=8, choices=CarrierType)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    prefix = models.CharField(
        _("prefix"),
        max_length=15,
        blank=True,
        validators=[RegexValidator(r"^[1-9][0-9]*$", "Digits of the number, without +.")],
        help_text=_("Empty: the whole country. Else the first digits, without +, like 8816."),
    )
    credits = models.PositiveIntegerField(
        _("credits"),
        help_text=_("Per text, or per minute of a call: 61 s at 12, increments 60/60, cost 24."),
    )
    first_seconds = models.PositiveSmallIntegerField(
        _("first seconds"), default=60, validators=[MinValueValidator(1), MaxValueValidator(3600)]
    )
    following_seconds = models.PositiveSmallIntegerField(
        _("following seconds"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(3600)],
    )

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["country", "carrier_type", "channel", "prefix"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "country", "carrier_type", "channel", "prefix"],
                name="one_rate_per_destination",
            ),
            models.CheckConstraint(
                name="rate_increments",
                condition=Q(
                    first_seconds__gte=1,
                    first_seconds__lte=3600,
                    following_seconds__gte=1,
                    following_seconds__lte=3600,
                ),
            ),
            models.CheckConstraint(name="rate_credits", condition=Q(credits__lte=1_000_000)),
            models.CheckConstraint(
                name="rate_country", condition=Q(country__regex=r"^([A-Z]{2}|001)$")
            ),
            models.CheckConstraint(
                name="rate_prefix", condition=Q(prefix__regex=r"^([1-9][0-9]*)?$")
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="rate_insert_on_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=CARD_IS_PUBLISHED.format(
                    cards="NEW.card_id", row="NEW", name="rate_of_published_card"
                ),
            ),
            pgtrigger.Trigger(
                name="rate_update_on_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=CARD_IS_PUBLISHED.format(
                    cards="OLD.card_id, NEW.card_id", row="NEW", name="rate_of_published_card"
                ),
            ),
            pgtrigger.Trigger(
                name="rate_delete_on_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=CARD_IS_PUBLISHED.format(
                    cards="OLD.card_id", row="OLD", name="rate_of_published_card"
                ),
            ),
            no_truncate("rate_no_truncate"),
        ]

    def __str__(self) -> str:
        destination = f"+{self.prefix}" if self.prefix else self.country
        return f"{destination} {self.carrier_type} {self.channel}: {self.credits}"

    @property
    def destination(self) -> tuple[str, str, str, str]:
        return self.country, self.carrier_type, self.channel, self.prefix

    @property
    def terms(self) -> tuple[int, int, int]:
        return self.credits, self.first_seconds, self.following_seconds
