"""Admin of customers, contracts and prices."""

from django.contrib import admin

from locations.admin import (
    audit_log,  # noqa: F401
    contracts,  # noqa: F401
    locations,  # noqa: F401
    rate_card_uploads,  # noqa: F401
    rate_cards,  # noqa: F401
    rates,  # noqa: F401
    users,  # noqa: F401
)
from locations.models import (
    Account,
    ChatInbox,
    Contract,
    Location,
    Membership,
    Rate,
    RateCard,
    RateCardSeries,
    RateCardUpload,
    User,
)
from locations.models.audit import Change

admin.site.order_menu(  # type: ignore[attr-defined]
    Location,
    Account,
    Contract,
    RateCard,
    RateCardSeries,
    Rate,
    RateCardUpload,
    User,
    Membership,
    ChatInbox,
    Change,
)
