"""The staff desk's pages of customers, contracts and prices."""

from django.contrib import admin

from locations.admin import (  # noqa: F401
    contracts,
    people,
    places,
    prices,
    rates,
    trail,
    uploads,
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
from locations.models.trail import Change

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
