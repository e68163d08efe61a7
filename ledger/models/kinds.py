"""The kinds of ledger entries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    CONTRACT_GRANT = "contract_grant", _("Contract grant")
    CONTRACT_EXPIRY = "contract_expiry", _("Contract expiry")
    PURCHASE = "purchase", _("Purchase")
    INTERNATIONAL_TEXT = "international_text", _("International text")
    INTERNATIONAL_VOICE = "international_voice", _("International voice")
    CHAT = "chat", _("Chat")
    ADJUSTMENT = "adjustment", _("Adjustment")
    REVERSAL = "reversal", _("Reversal")
    WRITE_OFF = "write_off", _("Overdraft write-off")


USAGE = (Kind.INTERNATIONAL_TEXT, Kind.INTERNATIONAL_VOICE, Kind.CHAT)
ADDITIONS = (Kind.CONTRACT_GRANT, Kind.PURCHASE, Kind.REVERSAL, Kind.WRITE_OFF)
AT_RENEWAL = (Kind.CONTRACT_GRANT, Kind.CONTRACT_EXPIRY, Kind.WRITE_OFF)
