"""The staff desk's pages of customers, contracts and prices, in the order of its menu."""

from locations.admin import places, people, contracts, rates, prices, uploads, trail  # noqa: F401, I001
