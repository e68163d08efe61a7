from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    CONTRACT_GRANT = "contract_grant", _("Contract grant")
    CONTRACT_EXPIRY = "contract_expiry", _("Contract expiry")
    PURCHASE = "purchase", _("Purchase")
    INTERNATIONAL_TEXT = "international_text", _("International text")
    INTERNATIONAL_VOICE = "international_voice", _("International voice")
    CHAT = "chat", _("Chat")
    ADJUSTMENT = "adjustment", _("Adjustment")
    REVERSAL = "reversal", _("Reversal")
    WRITE_OFF = "write_off", _("Overdraft write-off")


USAGE = (EntryKind.INTERNATIONAL_TEXT, EntryKind.INTERNATIONAL_VOICE, EntryKind.CHAT)
ADDITIONS = (EntryKind.CONTRACT_GRANT, EntryKind.PURCHASE, EntryKind.REVERSAL, EntryKind.WRITE_OFF)
AT_RENEWAL = (EntryKind.CONTRACT_GRANT, EntryKind.CONTRACT_EXPIRY, EntryKind.WRITE_OFF)
