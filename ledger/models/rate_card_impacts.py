"""What a draft rate card would do: calculated by a worker, kept for whoever decides."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.models import RateCard
from locations.models.jobs import Work


class RateCardImpact(Work):
    """One calculation: its `result`, for the prices whose fingerprint it holds."""

    card = models.ForeignKey(
        RateCard, on_delete=models.CASCADE, related_name="impacts", verbose_name=_("card")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    result = models.JSONField(_("result"), default=dict)

    class Meta(Work.Meta):
        abstract = False
        verbose_name = _("rate card impact")
        verbose_name_plural = _("rate card impacts")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["card", "-asked_at"], name="impact_by_card")]

    def __str__(self) -> str:
        return gettext("Impact of %(card)s") % {"card": self.card}
