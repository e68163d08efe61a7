from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.models import RateCard
from locations.models.jobs import Job


class RateCardImpact(Job):
    """`result` is for the prices whose fingerprint it has."""

    task = "ledger.tasks.calculate_rate_card_impact"

    card = models.ForeignKey(
        RateCard, on_delete=models.CASCADE, related_name="impacts", verbose_name=_("card")
    )
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    result = models.JSONField(_("result"), default=dict)

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("rate card impact")
        verbose_name_plural = _("rate card impacts")
        ordering = ["-requested_at", "-id"]
        indexes = [models.Index(fields=["card", "-requested_at"], name="impact_by_card")]

    def __str__(self) -> str:
        return gettext("Impact of %(card)s") % {"card": self.card}
